# Reads JSON, a list of documents, and prints what Ruby's rss library finds in each (the shape of Reading in
# ../readers.ts). It parses strictly: a document that breaks the rules of its format is an error.

require 'json'
require 'rss'

def of_rss(feed)
  channel = feed.channel
  {
    title: channel.title,
    description: channel.description,
    pageUrl: channel.link,
    entries: channel.items.map do |item|
      {
        id: item.guid&.content,
        title: item.title,
        link: item.link,
        publishedAt: item.pubDate&.to_i,
        authors: item.dc_creators.map(&:content),
        topics: item.categories.map(&:content),
        summary: item.description,
        body: item.content_encoded,
        enclosure: item.enclosure&.url
      }
    end
  }
end

def hrefs(element, rel)
  element.links.select { |link| link.rel == rel }.map(&:href)
end

def of_atom(feed)
  {
    title: feed.title.content,
    description: feed.subtitle&.content,
    pageUrl: hrefs(feed, 'alternate').first,
    selfUrl: hrefs(feed, 'self').first,
    entries: feed.entries.map do |entry|
      {
        id: entry.id.content,
        title: entry.title.content,
        link: hrefs(entry, 'alternate').first,
        publishedAt: entry.published&.content&.to_i,
        updatedAt: entry.updated.content.to_i,
        authors: entry.authors.map { |author| author.name.content },
        topics: entry.categories.map { |category| category.label || category.term },
        summary: entry.summary&.content,
        body: entry.content&.content,
        files: hrefs(entry, 'enclosure'),
        enclosure: hrefs(entry, 'enclosure').first
      }
    end
  }
end

documents = JSON.parse($stdin.set_encoding('utf-8').read)
readings = documents.map do |document|
  feed = RSS::Parser.parse(document, true)
  feed.is_a?(RSS::Atom::Feed) ? of_atom(feed) : of_rss(feed)
end
puts JSON.generate(readings)
