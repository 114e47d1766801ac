// The main entry of the package pulls in fs, zlib and stream; its core is pure, and has no types of its own.
declare module 'qrcode/lib/core/qrcode.js' {
  export function create(
    data: readonly { readonly data: Uint8Array; readonly mode: 'byte' }[],
    options: {
      readonly version: number;
      readonly errorCorrectionLevel: 'M' | 'Q';
      readonly maskPattern: number;
    },
  ): {
    readonly modules: { readonly size: number; readonly data: Uint8Array };
    readonly version: number;
    readonly maskPattern: number | undefined;
  };
}
