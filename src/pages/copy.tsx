// Something to copy: a button where scripts run, and something to select where they do not. No I/O.

import type { Words } from './words.ts'

type CopyButtonProps = {
  readonly words: Words
  /** The id of the element whose text is copied. */
  readonly of: string
  readonly what: string
}

export function CopyButton({ words, of, what }: CopyButtonProps) {
  return (
    <button
      type="button"
      data-copy={of}
      data-done={words.copied}
      aria-label={words.copyWhat(what)}
      hidden
    >
      {words.copy}
    </button>
  )
}

type CodeProps = {
  readonly words: Words
  readonly id: string
  readonly label: string
  readonly rows: number
  readonly code: string
}

/** Code in a field that can be selected and scrolled, with its button. */
export function Code({ words, id, label, rows, code }: CodeProps) {
  return (
    <div class="code">
      <textarea id={id} aria-label={label} rows={rows} readonly spellcheck={false}>
        {code}
      </textarea>
      <CopyButton words={words} of={id} what={label} />
    </div>
  )
}
