export { ensureDevAuthorities } from './dev-authorities.ts';
export { claimDirectory } from './directory-marker.ts';
export type { DirectoryPaths } from './directory-paths.ts';
export { directoryPaths } from './directory-paths.ts';
export { folderManifests } from './folder-manifests.ts';
export { ensureKeyFiles, readKeyFiles } from './key-files.ts';
export { secretFolder } from './secret-file.ts';
export { keepStoreEpoch } from './store-epoch-file.ts';
