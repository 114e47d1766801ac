export type { DirectoryPaths } from '../../ports/directory-paths.ts';
export { directoryPaths } from '../../ports/directory-paths.ts';
export { ensureDevAuthorities } from './dev-authorities.ts';
export { claimDirectory } from './directory-marker.ts';
export { folderManifests } from './folder-manifests.ts';
export { ensureKeyFiles, readKeyFiles } from './key-files.ts';
export { secretFolder } from './secret-file.ts';
export { keepStoreEpoch } from './store-epoch-file.ts';
