/** SL941–SL944: `sluice docs`. */
export const docsSiteCodes = {
  SL941: {
    title: 'A folder is not replaced by a site',
    help: '`sluice docs build` replaces the whole folder that it writes to, so it only takes one that is empty, does not exist yet, or holds nothing but a site that it wrote. Name another folder with `--folder`, or remove what is in the way. To publish into a folder with files of your own, such as a clone with `.git`, build beside it and copy.',
  },
  SL942: {
    title: 'The site cannot be written',
    help: 'A file or folder of the site cannot be written: permissions forbid it, a part of the path is no folder, or the disk is full. A site that was there before is still there, whole.',
  },
  SL943: {
    title: 'The site cannot be served at this address',
    help: 'Another program listens on the port that `--port` names, ports below 1024 need rights that this user does not have, or the address of `--host` is not one of this machine. Without `--port` a free port is taken.',
  },
  SL944: {
    title: 'The site is not loaded',
    help: '`sluice docs` needs files that a build of Sluice has beside its program (`assets/`). They are missing: the installation is not whole, or the program is run from its sources. Install or build it again.',
  },
} as const
