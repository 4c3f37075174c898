// What the answer tells a publisher about each article: one fact each, with a pointer, in plain words, in
// English or Vietnamese. No I/O.

import type { Language } from '../lib/language.ts'
import { excerpt } from '../lib/text.ts'

/** What was changed ("info") or may trouble a reader ("warning"). */
type Level = 'info' | 'warning'

/** A fact before it is put into words. */
export type Finding = {
  readonly code: FindingCode
  /** RFC 6901, into the posted document. */
  readonly pointer: string
  readonly details: Details
}

type Details = Readonly<Record<string, string | number>>

/** A finding as the publisher reads it. */
export type Message = {
  readonly level: Level
  readonly pointer: string
  readonly code: FindingCode
  readonly message: string
}

type Wording = { readonly level: Level } & Record<Language, string>

/** Every finding there is; `{name}` stands for a detail. */
export const wordings = {
  // What cleaning changed.
  'attributes-removed': {
    level: 'info',
    en: 'Attributes that a feed cannot carry were removed: {names}.',
    vi: 'Đã bỏ các thuộc tính mà bản tin không mang được: {names}.',
  },
  'characters-removed': {
    level: 'warning',
    en: 'Characters that no feed can carry (controls, broken Unicode) were removed.',
    vi: 'Đã bỏ các ký tự mà không bản tin nào mang được (ký tự điều khiển, Unicode hỏng).',
  },
  'elements-removed': {
    level: 'warning',
    en: 'Elements that a feed cannot carry were removed with what was in them: {names}.',
    vi: 'Đã bỏ các phần tử mà bản tin không mang được, cùng nội dung bên trong: {names}.',
  },
  'embeds-linked': {
    level: 'info',
    en: 'Embedded frames were replaced by links to what they show: {names}.',
    vi: 'Các khung nhúng được thay bằng liên kết đến nội dung của chúng: {names}.',
  },
  'trackers-removed': {
    level: 'info',
    en: 'Invisible images were removed: {count}. Readers’ programs drop them anyway.',
    vi: 'Đã bỏ {count} ảnh vô hình. Các trình đọc tin đằng nào cũng bỏ chúng.',
  },
  'urls-removed': {
    level: 'warning',
    en: 'Addresses that are neither http, https, mailto nor tel were removed: {names}.',
    vi: 'Đã bỏ các địa chỉ không thuộc http, https, mailto hay tel: {names}.',
  },
  'urls-resolved': {
    level: 'info',
    en: 'Relative addresses were made absolute: {count}.',
    vi: 'Đã đổi {count} địa chỉ tương đối thành tuyệt đối.',
  },
  'url-resolved': {
    level: 'info',
    en: 'Made absolute: {url}',
    vi: 'Đã đổi thành địa chỉ tuyệt đối: {url}',
  },
  'media-type-mended': {
    level: 'info',
    en: 'Not a media type such as "image/jpeg": what was wrong in it was left out.',
    vi: 'Không đúng dạng kiểu nội dung như “image/jpeg”: phần sai đã được bỏ.',
  },
  'url-dropped': {
    level: 'warning',
    en: 'This is no http or https address: left out.',
    vi: 'Đây không phải địa chỉ http hay https: đã bỏ qua.',
  },
  'author-unnamed': {
    level: 'warning',
    en: 'An author without a name was left out.',
    vi: 'Một tác giả không có tên đã bị bỏ qua.',
  },
  'tag-empty': {
    level: 'warning',
    en: 'This tag was left out: it has neither letters nor digits.',
    vi: 'Đã bỏ thẻ này: không có chữ cái hay chữ số nào.',
  },
  'tag-long': {
    level: 'warning',
    en: 'This tag was left out: it is longer than {max} characters.',
    vi: 'Đã bỏ thẻ này: dài hơn {max} ký tự.',
  },
  'findings-more': {
    level: 'info',
    en: 'There is more of this kind: {count} findings are left out here.',
    vi: 'Còn nữa: {count} nhận xét được lược bớt ở đây.',
  },
  'findings-forgotten': {
    level: 'info',
    en: 'The findings were too many to be kept; they stood in the first answer.',
    vi: 'Có quá nhiều nhận xét nên không lưu lại; chúng nằm trong câu trả lời đầu tiên.',
  },
  // What readers and partners stumble over.
  'text-missing': {
    level: 'warning',
    en: 'The article has no text.',
    vi: 'Bài không có chữ nào.',
  },
  'paragraph-repeated': {
    level: 'warning',
    en: 'A paragraph stands twice in a row; both were kept: “{excerpt}” (repeats: {count})',
    vi: 'Một đoạn văn lặp lại hai lần liền nhau; cả hai được giữ: “{excerpt}” (số lần lặp: {count})',
  },
  'title-long': {
    level: 'warning',
    en: 'The title has {length} characters; partners cut or refuse titles over {max}.',
    vi: 'Tít dài {length} ký tự; nhiều đối tác cắt hoặc từ chối tít trên {max} ký tự.',
  },
  'title-short': {
    level: 'warning',
    en: 'The title has {length} characters; some partners refuse titles under {min}.',
    vi: 'Tít chỉ có {length} ký tự; một số đối tác từ chối tít dưới {min} ký tự.',
  },
  'summary-missing': {
    level: 'info',
    en: 'There is no summary; the beginning of the text stands in for it.',
    vi: 'Không có tóm tắt; phần đầu của bài được dùng thay.',
  },
  'image-missing': {
    level: 'info',
    en: 'There is no image; some partners show only articles that have one.',
    vi: 'Không có ảnh; một số đối tác chỉ hiển thị bài có ảnh.',
  },
  'image-small': {
    level: 'warning',
    en: 'The image is {width} pixels wide; partners ask for at least {min}.',
    vi: 'Ảnh rộng {width} điểm ảnh; đối tác yêu cầu ít nhất {min}.',
  },
  'credit-missing': {
    level: 'info',
    en: 'The image has no credit (_loa.image.credit); partners may not be able to use it.',
    vi: 'Ảnh không ghi nguồn (_loa.image.credit); đối tác có thể không dùng được.',
  },
  'links-insecure': {
    level: 'warning',
    en: 'Addresses begin with http: instead of https: {count}. Browsers may not load or follow them.',
    vi: 'Có {count} địa chỉ bắt đầu bằng http: thay vì https:. Trình duyệt có thể không mở được.',
  },
  'language-missing': {
    level: 'info',
    en: 'Neither the article nor its source says its language.',
    vi: 'Cả bài lẫn nguồn đều không ghi ngôn ngữ.',
  },
  'language-unlike': {
    level: 'warning',
    en: 'The language is said to be "{language}", but the text does not look like it.',
    vi: 'Ngôn ngữ ghi là "{language}", nhưng văn bản không giống ngôn ngữ đó.',
  },
  'date-old': {
    level: 'info',
    en: 'date_published is over a year ago; some partners take no articles that old.',
    vi: 'date_published đã hơn một năm; một số đối tác không nhận bài cũ như vậy.',
  },
  'date-future': {
    level: 'warning',
    en: 'date_published lies ahead: the article appears at {date}, and not before.',
    vi: 'date_published ở tương lai: bài sẽ xuất hiện lúc {date}, không sớm hơn.',
  },
  'modified-future': {
    level: 'warning',
    en: 'date_modified lies ahead; the present time was taken for it. Check your clock.',
    vi: 'date_modified ở tương lai; thời điểm hiện tại được dùng thay. Hãy kiểm tra đồng hồ.',
  },
  'expires-past': {
    level: 'warning',
    en: '_loa.expires has passed: the article is in no feed.',
    vi: '_loa.expires đã qua: bài không còn ở bản tin nào.',
  },
  // What other articles have to do with it.
  'guid-taken': {
    level: 'warning',
    en: 'Another source published an article with this id first; in feeds this one is {guid}.',
    vi: 'Một nguồn khác đã đăng bài có id này trước; trong bản tin, bài này là {guid}.',
  },
  'url-shared': {
    level: 'warning',
    en: 'Another article has the same url: “{title}” ({id}). Readers may take the two for one.',
    vi: 'Một bài khác có cùng url: “{title}” ({id}). Người đọc có thể nhầm hai bài là một.',
  },
  'text-shared': {
    level: 'info',
    en: 'The text is nearly that of another article: “{title}” ({url}). Both are kept.',
    vi: 'Văn bản gần như trùng với một bài khác: “{title}” ({url}). Cả hai được giữ.',
  },
  // What became of the post.
  stale: {
    level: 'info',
    en: 'A newer revision, of {date}, is already here; the text of this one was not taken.',
    vi: 'Đã có bản mới hơn, ngày {date}; văn bản của bản này không được dùng.',
  },
  'correction-kept': {
    level: 'info',
    en: 'Its correction was kept all the same.',
    vi: 'Lời đính chính trong bản này vẫn được giữ lại.',
  },
  'retracted-before': {
    level: 'warning',
    en: 'This article was retracted on {date}. To publish it again, send a later date_modified.',
    vi: 'Bài này đã bị gỡ ngày {date}. Muốn đăng lại, hãy gửi date_modified muộn hơn.',
  },
  'type-ignored': {
    level: 'info',
    en: 'Events of type "{type}" are ignored here.',
    vi: 'Sự kiện loại "{type}" được bỏ qua ở đây.',
  },
  'webhook-id-reused': {
    level: 'warning',
    en: 'This webhook-id was used before, for another body. Nothing of this post was stored: give every new event an id of its own.',
    vi: 'webhook-id này đã dùng cho một nội dung khác. Không lưu gì từ lần gửi này: mỗi sự kiện mới cần một id riêng.',
  },
} as const satisfies Record<string, Wording>

export type FindingCode = keyof typeof wordings

const detailLengthMax = 200

export function finding(code: FindingCode, pointer: string, details: Details = {}): Finding {
  const short: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(details)) {
    short[name] = typeof value === 'string' ? excerpt(value, detailLengthMax) : value
  }
  return { code, pointer, details: short }
}

const findingsMax = 40

/** As many findings as anybody reads, and how many there were besides. */
export function limited(findings: readonly Finding[], pointer: string): Finding[] {
  if (findings.length <= findingsMax) return [...findings]
  const more = finding('findings-more', pointer, { count: findings.length - findingsMax })
  return [...findings.slice(0, findingsMax), more]
}

/** A finding in words. */
export function inWords(found: Finding, language: Language): Message {
  // What an earlier release found may have no words any more.
  const wording: Wording = wordings[found.code] ?? { level: 'info', en: found.code, vi: found.code }
  const message = wording[language].replace(/\{(\w+)\}/g, (_, name: string) =>
    String(found.details[name] ?? '')
  )
  return { level: wording.level, pointer: found.pointer, code: found.code, message }
}
