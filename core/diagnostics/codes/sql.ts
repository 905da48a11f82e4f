export const sqlCodes = {
  SL300: {
    title: 'SQL syntax error',
    help: "The target's own parser does not accept the text. The place is where it stopped; the mistake is there or shortly before. `sluice compile` shows the SQL after templating.",
  },
  SL301: {
    title: 'Not a query',
    help: 'A model, like a custom check, is one SELECT (or anything that gives rows: WITH, VALUES, FROM, PIVOT with its values listed). Sluice itself creates, inserts, merges and deletes, so that a partition has exactly one correct state. Settings belong to the target in `sluice.yml`.',
  },
  SL302: {
    title: 'Several statements',
    help: 'A model is one SELECT. What a second statement would do is not part of the graph and could not be repeated safely. Make two models, or one query with WITH.',
  },
  SL303: {
    title: 'Empty SQL',
    help: 'After the header, comments and templating nothing is left. If a condition in the template removes everything, let it keep a SELECT that gives no rows.',
  },
  SL304: {
    title: 'A query that writes or locks',
    help: 'Data-modifying CTEs, SELECT INTO and locking clauses change or block more than the partition that is being published, and would happen again with every retry. A model only reads.',
  },
  SL305: {
    title: 'Hidden dependency',
    help: "The function or statement reads relations that the text does not name as tables, so Sluice cannot put them into the graph and cannot know when this model is stale. Name the tables in FROM; macros can generate that text. The project's list of allowed functions does not apply here.",
  },
  SL306: {
    title: 'Volatile function',
    help: 'The function can give another result on the same inputs (random values, sequences, settings of the session), so that running a partition twice would not give the same rows. Take the value from the data, from `vars` or from `partition.*`. If it is meant, add it to `allow: { functions: [...] }` in `sluice.yml`.',
  },
  SL307: {
    title: 'Table function that is not allowed',
    help: 'Table functions can read files, the network, the catalogue or other databases, which Sluice would not see change. Declare a source (with `files:` per target for files) and select from it, or add it to `allow: { functions: [...] }` in `sluice.yml`.',
  },
  SL308: {
    title: 'File read by its path',
    help: 'A path in a model ties it to one machine and hides an input from the graph. Declare a source with `files:` per target and select from its name, or set `allow: { files: true }` in `sluice.yml`.',
  },
} as const
