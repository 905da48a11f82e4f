export const validateCodes = {
  SL165: {
    title: 'A contract without columns',
    help: '`contract: enforced` promises exactly the columns that the model describes, and it describes none. List them with their types: `columns: [{ name: id, type: bigint, nullable: false }]`, or say `contract: none`. See [contracts](contracts.md).',
  },
}
