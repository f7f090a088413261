/** The shapes of the REST surface under the page's names; `generated.ts` is made from the API's own description. */
import type { components, paths } from '@/api/generated';

type Schemas = components['schemas'];

export type Session = Schemas['SessionView'];

export type Conversation = Schemas['ConversationView'];
export type ConversationConfig = Schemas['ConfigView'];
export type ConversationCreate = Schemas['ConversationCreate'];
export type ConversationChange = Schemas['ConversationChange'];
export type ConversationPage = Schemas['ConversationList'];
export type Batch = Schemas['BatchView'];
export type BatchRequest = Pick<Schemas['BatchCreate'], 'action' | 'ids'> & Partial<Schemas['BatchCreate']>;
export type BatchAction = BatchRequest['action'];
export type Tag = Schemas['TagView'];
export type TagPage = Schemas['TagList'];
export type AssistantPage = Schemas['AssistantList'];

export type Message = Schemas['MessageView'];
export type MessagePage = Schemas['MessageList'];
export type Part = Message['parts'][number];
export type Citation = Schemas['CitationPart'];
export type FilePart = Schemas['FilePart'];
export type Mode = Message['mode'];
export type Feedback = Message['feedback'];
export type WireError = Schemas['RunError'];

export type Run = Schemas['RunView'];
export type ContextReport = Schemas['ContextReportView'];
export type Summarised = Schemas['SummarisedView'];
export type Summary = Schemas['SummaryView'];
export type RunRequest = Schemas['RunCreate'];
export type RunStatus = Run['status'];
export type Phase = NonNullable<Run['phase']>;

export type StoredFile = Schemas['FileView'];

export type Model = Schemas['ModelView'];
export type ModelList = Schemas['ModelList'];
export type Endpoint = Schemas['EndpointView'];
export type EndpointCreate = Schemas['EndpointCreate'];
export type Manifest = Schemas['ManifestView'];
export type ManifestPage = Schemas['ManifestList'];
export type EndpointPage = Schemas['EndpointList'];
export type EndpointTest = Schemas['EndpointTest'];

export type Figure = Schemas['FigureView'];
export type ModelFacts = Schemas['ModelFacts'];
export type Fact = Schemas['FactView'];
export type LoadedModel = Schemas['LoadedModel'];
export type Swap = Schemas['SwapView'];
export type Consent = Schemas['ConsentView'];
export type RoleExplanation = Schemas['RoleExplanation'];
export type Catalogue = Schemas['CatalogueList'];
export type CatalogueModel = Schemas['CatalogueView'];
export type Quantization = CatalogueModel['quantization'];
export type Pull = Schemas['PullView'];
export type PullRequest = Schemas['PullCreate'];
export type ConfigurationFile = Schemas['ConfigurationFileText'];

export type ApiKey = Schemas['KeyView'];
export type NewApiKey = Schemas['KeyCreated'];
export type KeyPage = Schemas['KeyPage'];

export type SearchHit = Schemas['HitView'];
export type SearchPage = Schemas['HitList'];

export type SystemInfo = Schemas['SystemView'];
export type Machine = Schemas['MachineView'];
export type ErrorGroup = Schemas['ErrorGroupView'];
export type ErrorList = Schemas['ErrorList'];
export type Purged = Schemas['Purged'];

type ExportQuery = NonNullable<paths['/api/v1/conversations/{conversation_id}/export']['get']['parameters']['query']>;
export type ExportFormat = NonNullable<ExportQuery['format']>;
export type ImportResult = Schemas['Imported'];
export type ExportReport = Schemas['ReportView'];

export type ImportJob = Schemas['ImportView'];
export type ImportRequest = Partial<Schemas['ImportRequest']> & Pick<Schemas['ImportRequest'], 'files'>;
export type ImportCounts = Schemas['CountView'];
export type ImportUpload = Schemas['UploadView'];
export type Skipped = Schemas['SkippedView'];
export type SkippedPage = Schemas['SkippedList'];

export type Problem = Partial<Schemas['Problem']>;
