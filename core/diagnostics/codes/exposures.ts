export const exposureCodes = {
  SL196: {
    title: 'An address of an exposure that cannot be a link',
    help: 'The `url` of an exposure is a link in the documentation: a whole address that begins with `https://` or `http://`, without a user or a password.',
  },
  SL197: {
    title: 'Not an e-mail address',
    help: 'The `email` of an owner is one address, such as `ops@example.com`. A team or a person without an address is said by `name`, or by text: `owner: Operations`.',
  },
} as const
