export const gitCodes = {
  SL920: {
    title: 'Git cannot be run',
    help: 'Comparing with a commit needs the program `git`, which was not found or could not be started. Install it or put it on the `PATH`; or compare with a manifest that `sluice compile` wrote: `--base path/to/manifest.json`.',
  },
  SL921: {
    title: 'Not a Git repository',
    help: 'The project is not within a Git work tree, or Git refuses to work in it, because it belongs to another user (`git config --global --add safe.directory DIR` allows it). A manifest of the other version can be compared with instead: `--base path/to/manifest.json`.',
  },
  SL922: {
    title: 'Unknown Git ref',
    help: 'No commit has this name here. A clone of CI often has one branch only: fetch the other one first, `git fetch origin main`, and name it `origin/main`.',
  },
  SL923: {
    title: 'The clone is too shallow',
    help: 'The commit where both branches parted is not in this clone, which has the last commits only. Fetch the rest: `git fetch --unshallow`, or in GitHub Actions `fetch-depth: 0` of `actions/checkout`, in GitLab `GIT_DEPTH: 0`.',
  },
  SL924: {
    title: 'Histories without a common commit',
    help: 'What changed since a ref is counted from the commit where its history and that of HEAD parted. These two have none in common. Name a commit of this history.',
  },
  SL925: {
    title: 'The project is not in that commit',
    help: 'The commit has no `sluice.yml` in the folder that the project is in now: the project was added or moved since. Name a later commit, or compare with a manifest of the other version.',
  },
  SL926: {
    title: 'Git failed',
    help: 'Git was asked something that it should know, and failed. The message is its own. A damaged repository (`git fsck` tells) or a disk that is full are the usual reasons.',
  },
} as const
