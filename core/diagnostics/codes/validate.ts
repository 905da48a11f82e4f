const excuse = (rule: string): string =>
  `If it is meant, excuse the model in its header, with the reason: \`allow: { ${rule}: why }\`. Its severity is set in \`sluice.yml\`: \`lint: { ${rule}: error }\`. See [validate](validate.md).`

export const validateCodes = {
  SL165: {
    title: 'A contract without columns',
    help: '`contract: enforced` promises exactly the columns that the model describes, and it describes none. List them with their types: `columns: [{ name: id, type: bigint, nullable: false }]`, or say `contract: none`. See [contracts](contracts.md).',
  },
  SL166: {
    title: 'A contract names a type that the engine does not know',
    help: 'Types of a contract are written as the target’s engine knows them: `bigint`, `numeric(12, 2)`, `timestamp`. Correct the spelling. See [contracts](contracts.md).',
  },
  SL310: {
    title: 'A published model selects `*`',
    help: `Whatever columns the relation has, the table has too: one that is added upstream changes this table, and one that is removed there goes missing here, without anybody having decided so. Name the columns. A star over a CTE or a subquery that names its columns is fine. ${excuse('select_star')}`,
  },
  SL311: {
    title: 'A column in a join does not say of which relation it is',
    help: `Where several relations are joined, a reader cannot tell where such a column comes from, and the query breaks as soon as another one of them gets a column of the same name. Put the relation’s alias before it. Columns of USING, and those within a macro, are not meant. ${excuse('unqualified_column')}`,
  },
  SL312: {
    title: 'A published model without checks',
    help: `Nothing says what must hold of its rows, so that bad ones are published like good ones. \`not_null\` and \`unique\` of its key are a beginning (see [checks](checks.md)); a custom check that reads the model counts too. ${excuse('no_checks')}`,
  },
  SL313: {
    title: 'A source that nothing reads',
    help: 'No model and no check reads it. Remove the declaration, or say why it stays: `allow: { unused_source: why }` beside it. The rule is set in `sluice.yml`: `lint: { unused_source: off }`. See [validate](validate.md).',
  },
  SL314: {
    title: 'A macro that nothing uses',
    help: 'No model, no check and no other macro calls it. Remove the file. The rule is set in `sluice.yml`: `lint: { unused_macro: off }`. See [validate](validate.md).',
  },
  SL315: {
    title: 'Which rows are taken is left to chance',
    help: `\`limit\` and \`distinct on\` without \`order by\`, and window functions such as \`row_number()\` and \`lag()\` over rows in no order, take whichever rows the engine meets first. The same inputs give other rows another time. Say the order, by columns that are unique together. ${excuse('arbitrary_rows')}`,
  },
  SL316: {
    title: 'A comparison with NULL, which never holds',
    help: `\`x = null\` and \`x <> null\` are neither true nor false, whatever \`x\` is; \`x not in (1, null)\` never holds, and \`case x when null\` never matches. Write \`is null\`, \`is not null\` or \`is distinct from\`. ${excuse('null_comparison')}`,
  },
  SL317: {
    title: 'A join compares a column with itself',
    help: `\`on a.id = a.id\` holds for every row that has an id, so that each row of one side meets each of the other. The other side’s column was meant. ${excuse('self_comparison')}`,
  },
  SL318: {
    title: 'A model is excused from a rule without a reason',
    help: 'Whoever reads it later cannot tell whether the reason still holds. Write it down: `allow: { select_star: the columns of the feed are fixed by contract }`. The rule is off unless `sluice.yml` has `lint: { allow_without_reason: warning }`. See [validate](validate.md).',
  },
  SL319: {
    title: 'A model is excused from a rule that finds nothing in it',
    help: 'What it was excused for is gone, or never was there. Remove the entry of `allow`, so that the rule looks again. See [validate](validate.md).',
  },
  SL320: {
    title: 'A column of the contract is missing',
    help: 'The model promises a column that its SQL does not return: whoever reads it would break. Return it, or change the contract and tell its readers. See [contracts](contracts.md).',
  },
  SL321: {
    title: 'A column has another type than the contract says',
    help: 'The model promises one type and its SQL returns another. Cast the column, or change the contract and tell its readers. A type without length or precision stands for all of them. See [contracts](contracts.md).',
  },
  SL322: {
    title: 'A column that the contract does not name',
    help: 'A contract names all columns of its model: whoever reads it may rely on there being no others. Add the column to the contract, or do not return it. See [contracts](contracts.md).',
  },
  SL323: {
    title: 'A column can be NULL in spite of its contract',
    help: '`nullable: false` is promised, and the SQL shows that the column can be NULL: it comes from the outer side of a join, for example. Rows with NULL would not be published. Use `coalesce`, an inner join or a filter, or take the promise back; if it never happens, say why in the header: `allow: { nullable_contract: why }`. See [contracts](contracts.md).',
  },
  SL324: {
    title: 'The configuration names a column that is not there',
    help: 'An index of a seed or the partition of a source names a column that the relation does not have. It was renamed or removed, or is misspelt. It would fail at the next run.',
  },
  SL325: {
    title: 'The table in the target does not fit what the model returns now',
    help: 'The columns of the standing table and those of the model differ, and `on_schema_change` does not allow the table to follow, so that the next run fails. Set `on_schema_change: append` (new columns) or `sync` (all changes), or rebuild it with `--full-refresh`. See [validate](validate.md).',
  },
  SL326: {
    title: 'A source’s declared columns differ from those in the target',
    help: 'What is declared or was captured of the source is not what the target’s catalog says. Correct the declaration, or capture it again: `sluice sources pull`. See [validate](validate.md).',
  },
  SL327: {
    title: 'A source is not in the target',
    help: 'The relation or the files of the source are not there, or may not be read. Correct `relation` or `files` of the source, or give the role of the target the right to read it.',
  },
} as const
