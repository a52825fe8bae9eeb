// What the Slack of the tests validates; README.md says how it becomes schemas.json.
export type { ChatPostMessageArguments, ChatUpdateArguments, ChatDeleteArguments } from '@slack/web-api/dist/types/request/chat';
export type { ConversationsHistoryArguments, ConversationsRepliesArguments, ConversationsInfoArguments } from '@slack/web-api/dist/types/request/conversations';
export type { ChatPostMessageResponse, ChatUpdateResponse, ChatDeleteResponse, ConversationsHistoryResponse, ConversationsRepliesResponse, ConversationsInfoResponse, AuthTestResponse } from '@slack/web-api';
export type { IncomingWebhookSendArguments } from '@slack/webhook';
