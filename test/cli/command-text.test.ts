import { expect, test } from 'vitest'
import { commandText } from '../../cli/text/command.ts'

test.each([
  ['run --select a+', 'sluice run --select a+'],
  ['sluice init', 'sluice init'],
  ['ls -l /srv/data', 'ls -l /srv/data'],
  ['mkdir -p /srv', 'mkdir -p /srv'],
])("a command to type is one of ours or the shell's: %s", (words, typed) => {
  expect(commandText(words).replace(/^npx /, '')).toBe(typed)
})
