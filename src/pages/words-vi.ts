// Giao diện tiếng Việt: the interface in Vietnamese. No I/O.

import type { Words } from './words.ts'

const weekdays = ['Chủ nhật', 'Thứ hai', 'Thứ ba', 'Thứ tư', 'Thứ năm', 'Thứ sáu', 'Thứ bảy']

export const vietnamese: Words = {
  languageName: 'Tiếng Việt',
  skipToContent: 'Đến phần nội dung',
  home: 'Trang chủ',
  sources: 'Nguồn tin',
  topics: 'Chủ đề',
  menu: 'Trình đơn chính',
  interfaceLanguage: 'Ngôn ngữ của trang này',
  allFeeds: 'Mọi kênh tin trong một tệp (OPML)',
  problems: 'Mã lỗi, cho lập trình viên',
  footer: 'Không cần tài khoản, không cookie, không theo dõi.',

  lead: 'Tin của nhiều nguồn ở cùng một nơi, luôn kèm đường dẫn tới bài gốc. Bạn có thể đọc ngay tại đây, theo dõi bằng ứng dụng đọc tin, hoặc đưa lên trang web của mình.',
  newest: 'Bài mới nhất',
  everyArticle: 'Mọi bài viết và cách theo dõi',
  allSources: 'Mọi nguồn tin',
  allTopics: 'Mọi chủ đề',
  noSources: 'Chưa có nguồn tin nào.',
  howToSubscribe: 'Cách theo dõi',
  subscribeSteps: [
    'Chọn một ứng dụng hoặc trang web đọc tin, chẳng hạn Feedly, Inoreader hay NetNewsWire.',
    'Mở trang của một nguồn tin hoặc một chủ đề ở đây.',
    'Trên trang đó, bấm vào tên ứng dụng của bạn, hoặc chép một trong ba địa chỉ vào ứng dụng. Từ đó tin mới sẽ tự đến với bạn.',
  ],
  allAtOnce: 'Muốn theo dõi tất cả cùng lúc, hãy nhập tệp này vào ứng dụng đọc tin:',
  recently: (count) => `${count} bài trong 7 ngày`,
  weeks: (counts) =>
    `Số bài mỗi tuần trong ${counts.length} tuần qua, từ cũ đến mới: ${counts.join(', ')}`,
  next: 'Xem thêm',

  search: 'Tìm kiếm',
  searchLabel: 'Tìm trong mọi bài viết',
  searchHint: 'Không cần gõ dấu: “duong” cũng tìm được “Đường”.',
  searchFor: (words) => `Tìm kiếm: ${words}`,
  found: (count, isAll) =>
    isAll ? `Tìm thấy ${count} bài.` : `Đây là ${count} bài mới nhất tìm thấy.`,
  nothingFound: 'Không có bài nào chứa tất cả các từ này. Hãy thử ít từ hơn hoặc từ khác.',
  cannotSearch: 'Không tìm được nội dung này. Hãy nhập từ một đến tám từ, tối đa 100 ký tự.',
  searchFeed: 'Theo dõi kết quả tìm kiếm này bằng ứng dụng đọc tin:',

  subscribe: 'Theo dõi',
  whatIsAFeed:
    'Kênh tin (feed) là một địa chỉ luôn có những bài mới nhất, ở dạng mà phần mềm đọc được. Chỉ cần đưa địa chỉ này cho ứng dụng đọc tin một lần, mọi bài mới, đính chính và thông báo gỡ bài sẽ tự đến với bạn.',
  addresses: 'Ba địa chỉ',
  addressesHint: 'Cùng một nội dung ở ba định dạng; ứng dụng nào cũng đọc được ít nhất một.',
  openIn: 'Mở bằng',
  otherReader: 'Ứng dụng trên máy này',
  copy: 'Sao chép',
  copyWhat: (what) => `Sao chép: ${what}`,
  copied: 'Đã sao chép',
  articles: 'Bài viết',
  noArticles: 'Chưa có bài viết nào.',
  older: 'Bài cũ hơn',
  newestPage: 'Về những bài mới nhất',
  olderThan: (title) => `${title}: bài cũ hơn`,
  corrected: 'có đính chính',
  neighbours: 'Liên quan',
  topicsOfSource: (source) => `Các chủ đề của ${source}`,
  sourcesOfTopic: (topic) => `Các nguồn viết về “${topic}”`,
  wholeSource: (source) => `Mọi bài của ${source}`,
  wholeTopic: (topic) => `“${topic}” từ mọi nguồn`,

  by: 'Tác giả:',
  published: 'Đăng',
  updated: 'Cập nhật',
  source: 'Nguồn',
  via: 'Dẫn lại từ',
  original: (host) => `Bài gốc tại ${host}`,
  corrections: 'Đính chính',
  photo: (credit) => `Ảnh: ${credit}`,
  files: 'Tệp đính kèm',
  rights: 'Bản quyền',
  license: 'Giấy phép',
  retractedTitle: 'Bài viết này đã được gỡ',
  retracted: 'Nguồn tin đã gỡ bài vào lúc:',
  expiredTitle: 'Bài viết này đã hết hạn',
  expired: 'Nguồn tin chỉ cho đăng bài đến:',
  reason: 'Lý do:',
  withdrawnHint:
    'Nếu bạn đã đăng lại bài này, xin hãy gỡ theo. Các ứng dụng đọc tin được báo tự động.',

  republish: 'Đăng lại',
  republishArticle: 'Đăng lại bài này',
  republishLead:
    'Đây là mọi thứ cần có khi đăng lại trên trang web của bạn: bài viết không kèm mã lạ, tên tác giả, nguồn gốc và điều kiện sử dụng.',
  terms: 'Điều kiện sử dụng',
  noTerms: (source) => `${source} chưa nêu điều kiện ở đây. Hãy hỏi trước khi đăng lại.`,
  fragment: 'Bài viết ở dạng HTML',
  fragmentHint:
    'Chép nguyên đoạn này vào trang của bạn. Xin giữ tên tác giả, đường dẫn và giấy phép.',
  forSearchEngines: 'Dành cho công cụ tìm kiếm',
  canonicalHint: 'Đặt dòng này vào phần head của trang nếu muốn công cụ tìm kiếm hiển thị bài gốc:',
  noindexHint: 'Hoặc dòng này, nếu thỏa thuận yêu cầu không đưa bản đăng lại vào kết quả tìm kiếm:',
  keepUpToDate: 'Luôn cập nhật',
  keepUpToDateHint:
    'Bản đã chép không tự biết khi có đính chính hay khi bài bị gỡ. Hãy theo dõi kênh tin, nơi thông báo cả hai:',
  backToArticle: 'Về bài viết',
  firstPublished: (source) => `Đăng lần đầu trên ${source}`,
  embed: 'Đưa lên trang web của bạn',
  embedHint: 'Các tít bài này trong một khung luôn cập nhật. Dán dòng sau vào chỗ cần hiện khung:',
  embedCode: 'Mã HTML của khung',
  embedOptions:
    'Trong địa chỉ có thể đổi: items=1 đến 20, theme=auto, light hoặc dark, hl=vi hoặc en. Ở trình duyệt hỗ trợ, khung cao vừa bằng nội dung.',
  embedPreview: 'Xem riêng khung này',
  headlines: 'Danh sách tít ở dạng HTML',
  headlinesHint: 'Các tít mới nhất tại thời điểm này, kèm đường dẫn và nguồn:',
  headlinesFrom: (title) => `Tin mới: ${title}`,
  headlinesCode: 'Mã HTML của danh sách tít',

  notFoundTitle: 'Không có gì ở đây',
  notFound: 'Có thể địa chỉ bị gõ nhầm, hoặc trang đã được chuyển đi nơi khác.',
  goneTitle: 'Nguồn tin này đã rời hệ thống',
  gone: 'Các bài của nguồn cũng đã được gỡ. Nếu đang theo dõi, bạn có thể bỏ theo dõi.',
  failedTitle: 'Hệ thống gặp lỗi',
  failed: 'Lỗi đã được ghi lại. Xin thử lại sau ít lâu.',
  unavailableTitle: 'Tạm thời chưa truy cập được',
  unavailable: 'Xin thử lại sau vài giây.',
  whereNow: 'Bạn có thể đi tiếp từ đây:',
  problemsLead:
    'Ý nghĩa của từng lỗi mà giao diện lập trình trả về và cách khắc phục (bằng tiếng Anh). Mỗi lỗi là một tài liệu theo RFC 9457, có trường type dẫn về trang này.',

  day: ({ year, month, date, weekday }) =>
    `${weekdays[weekday]}, ngày ${date} tháng ${month} năm ${year}`,
  date: ({ year, month, date }) => `${date}/${month}/${year}`,
  dayAndTime: ({ year, month, date }, time, zone) =>
    `${date}/${month}/${year}, ${time} (GMT${zone})`,
}
