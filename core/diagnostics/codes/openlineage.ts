export const openLineageCodes = {
  SL947: {
    title: 'OpenLineage events that were not delivered',
    help: '`--openlineage` sends what happens in a run to a server, or appends it to a file. A server that does not answer is asked three times for an event, within seconds, and a run that has ended waits ten seconds for the rest. What was not delivered is lost; the run and what it published are as they would be without. Check the address, the token in `OPENLINEAGE_API_KEY`, or write to a file and send that later.',
  },
} as const
