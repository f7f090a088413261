/** English: tags, the archive, choosing several, searching with filters. */
export const enAtHand = {
  'archive': 'Archive',
  'unarchive': 'Take out of the archive',
  'conversation.archive': 'Archive this conversation',
  'conversation.unarchive': 'Take this conversation out of the archive',
  'conversation.tags': 'Tags of this conversation',
  'conversation.archived': 'Archived',
  'list.emptyArchive': 'Nothing is archived. What you put away is out of the list and still found by a search.',
  'list.emptyTag': 'No conversation at hand has this tag.',
  'search.action': 'Search with filters',
  'select.begin': 'Select conversations',
  'select.this': 'Select',
  'shown.archive': 'Show the archive',
  'tags': 'Tags',
  'tags.edit': 'Tags…',
} as const;
