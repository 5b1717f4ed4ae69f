//! Microsoft Graph and its identity platform: subscriptions, validation tokens, encrypted notifications.
