export const templateCodes = {
  SL201: {
    title: 'Template syntax',
    help: 'The text is no valid Handlebars template. To write two braces as plain text put a backslash before them: `\\{{`.',
  },
  SL202: {
    title: 'Block not closed',
    help: 'Every `{{#name}}` needs its own `{{/name}}`, in the right order, and `{{else}}` and `{{/name}}` need a block that is open.',
  },
  SL203: {
    title: 'Unknown name',
    help: 'A template sees `vars`, `partition` (in incremental models), `this`, `incremental`, and in a macro its arguments. Inside `{{#each}}` and `{{#with}}` names belong to the item: `../name` or `@root.name` reaches out. Use `(default name value)` for a name that may be missing.',
  },
  SL204: {
    title: 'Unknown helper',
    help: 'A name with arguments is a helper. There are `identifier`, `literal`, `raw`, `join`, `default`, `lookup`, `eq`, `ne`, `lt`, `lte`, `gt`, `gte`, `in`, `and`, `or`, `not` and the blocks `if`, `unless`, `each`, `with`. A project cannot add helpers; it can add macros.',
  },
  SL205: {
    title: 'Unknown macro',
    help: '`{{> name}}` inserts `macros/name.sql`, or an inline partial of the same template.',
  },
  SL206: {
    title: 'Wrong arguments',
    help: 'A helper or a macro was given too few or too many arguments, or arguments of the wrong type.',
  },
  SL207: {
    title: 'Value without an SQL literal',
    help: 'Strings, numbers, booleans, null and lists of them render as SQL literals. An object, an empty list or a list of lists has none: use one of its members, or a loop.',
  },
  SL208: {
    title: 'Name without meaning here',
    help: 'The name exists, but not for this kind of file: for example `partition.start` in a view, which has no partitions.',
  },
  SL209: {
    title: 'Macros call each other without end',
    help: 'A macro may call others, and itself as long as that ends; at most 100 calls may be open at a time.',
  },
  SL210: {
    title: 'Template too large',
    help: 'The rendered text, or the work to render it, exceeds what any statement needs. Usually macros multiply each other.',
  },
  SL211: {
    title: 'Not supported in templates',
    help: 'Parts of Handlebars that would not mean what they seem to: `log`, decorators other than `inline`, block parameters where no block gives any.',
  },
} as const
