# Reads JSON, a list of documents, and prints what feedparser finds in each (the shape of Reading in ../readers.ts).
# Strict: a document that is not well-formed is an error, which feedparser itself would guess its way through.

import calendar
import json
import sys

import feedparser


def seconds(moment):
    return None if moment is None else calendar.timegm(moment)


def href(links, rel):
    return next((link['href'] for link in links if link.get('rel') == rel), None)


def entry_reading(entry, is_atom):
    links = entry.get('links', [])
    enclosures = [link['href'] for link in links if link.get('rel') == 'enclosure']
    media = [content['url'] for content in entry.get('media_content', [])]
    return {
        'id': entry.get('id'),
        'title': entry.get('title'),
        'link': entry.get('link'),
        'publishedAt': seconds(entry.get('published_parsed')),
        'updatedAt': seconds(entry.get('updated_parsed')) if is_atom else None,
        'authors': [author['name'] for author in entry.get('authors', []) if 'name' in author],
        'topics': [tag['label'] or tag['term'] for tag in entry.get('tags', [])],
        'summary': entry.get('summary'),
        'body': entry['content'][0]['value'] if entry.get('content') else None,
        'files': enclosures if is_atom else media,
        'enclosure': next(iter(enclosures), None),
    }


def reading(document):
    parsed = feedparser.parse(
        document.encode('utf-8'), sanitize_html=False, resolve_relative_uris=False
    )
    if parsed.bozo:
        raise parsed.bozo_exception
    feed = parsed.feed
    return {
        'title': feed.get('title'),
        'description': feed.get('subtitle'),
        'pageUrl': feed.get('link'),
        'selfUrl': href(feed.get('links', []), 'self'),
        'entries': [entry_reading(entry, parsed.version == 'atom10') for entry in parsed.entries],
    }


print(json.dumps([reading(document) for document in json.load(sys.stdin)]))
