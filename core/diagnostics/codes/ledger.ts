export const ledgerCodes = {
  SL640: {
    title: 'No such run',
    help: '`sluice runs show` takes the id of a run, the beginning of one that no other run shares, or `last`. `sluice runs` lists them.',
  },
  SL641: {
    title: 'The command needs another kind of relation',
    help: 'The ledger keeps partitions and versions of models and seeds. Sources and checks have none, and a model without partitions has no partition keys.',
  },
  SL642: {
    title: 'A changed layout cannot be stamped',
    help: '`sluice stamp` says that existing rows stand for the changed code. If the partition column, grain, time zone or the like changed, the rows are cut differently now, and no partition of today corresponds to one of then. `sluice run --full-refresh` rebuilds the history in one transaction.',
  },
  SL643: {
    title: 'There is nothing to stamp',
    help: 'Only published rows of models can be stamped. A view has no rows: what is outdated is its text in the database, which only a run replaces, at no cost. A seed whose file changed is loaded again by a run.',
  },
  SL644: {
    title: 'The log of a run is not here',
    help: 'Logs are files below `.sluice/runs/` of the machine and folder in which the run was started; the newest 100 are kept. What the ledger knows of the run is shown without `--log`.',
  },
  SL645: {
    title: 'A published relation is gone',
    help: 'The ledger has published rows of this relation, but the database has no such table or view: somebody dropped it. The command shown makes it again.',
  },
  SL646: {
    title: 'Published rows are not as the ledger says',
    help: 'Somebody deleted, changed or added rows behind Sluice’s back: the number of rows in the table differs from what was published. Sluice would not build these partitions again by itself, as nothing that it knows has changed. The command shown does.',
  },
  SL647: {
    title: 'A published column is gone',
    help: 'The table has fewer columns than what Sluice publishes or the model declares. Somebody dropped or renamed them.',
  },
  SL648: {
    title: 'Published rows could not be looked at',
    help: 'The database refused the query by which `sluice status --verify` counts the rows of a relation.',
  },
  SL649: {
    title: 'Partitions are being published at this moment',
    help: 'A process holds the lease of these partitions and replaces their rows, so that nothing can be said of what stands there. They were left as they are; give the command again when it is done.',
  },
} as const
