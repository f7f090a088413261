/** English: taking everything along. */
export const enExport = {
  'export.all': 'Everything that is yours',
  'export.lead': 'One ZIP with all of it in our own JSON, files included. It is in the clear: keep it where nobody else reads. Imported where nothing of it is, it is all there again, as it was.',
  'export.save': 'Export everything',
  'export.contents': 'What is in it',
  'export.empty': 'Nothing of yours is here yet.',
  'export.trash': 'In the trash, and so not in it: {what}. Take out of the trash first what you want to keep.',
  'export.leftOut': 'What is not in it, and why',
  'export.back': 'To bring it back, drop the ZIP under {link}.',
  'export.kind.conversation': 'Conversations',
  'export.kind.project': 'Projects',
  'export.kind.assistant': 'Assistants',
  'export.kind.prompt': 'Prompts that no assistant has',
  'export.kind.profile': 'Profiles',
  'export.kind.setting': 'What you chose for yourself',
  'export.kind.document': 'Rows from imports that have no place here yet',
} as const;
