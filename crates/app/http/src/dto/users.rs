use serde::{Deserialize, Serialize};
use tenon_accounts::{Email, User};
use utoipa::{IntoParams, ToSchema};

use super::profile::UserView;
use super::{Check, PageQuery, Stamp};
use crate::error::ApiError;

/// A change of an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountPatch {
    /// Whether the account's sessions end, and nobody signs in to it from now on.
    #[schema(required = true, nullable = false)]
    disabled: Option<bool>,
}

impl AccountPatch {
    pub fn disabled(self) -> Result<bool, ApiError> {
        let mut check = Check::body();
        let disabled = check.required("disabled", self.disabled, Ok);
        check.finish(|| disabled)
    }
}

/// The parameters of a listing of accounts.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccountQuery {
    /// Only the account with this address.
    #[param(max_length = 254)]
    email: Option<String>,
    /// How many items a page has.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    #[param(pattern = "^[A-Za-z0-9_-]*$", max_length = 1368)]
    cursor: Option<String>,
    /// Whether to count all items too.
    #[param(value_type = Option<bool>, default = false)]
    count: Option<String>,
}

impl AccountQuery {
    /// The address, and the rest.
    pub fn split(self) -> Result<(Option<Email>, PageQuery), ApiError> {
        let mut check = Check::query();
        let email = check.optional("email", self.email, |text| Email::parse(&text));
        let page = PageQuery {
            limit: self.limit,
            cursor: self.cursor,
            count: self.count,
        };
        check.finish(|| Some((email, page)))
    }
}

/// An account, as the operator sees it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountView<'a> {
    #[serde(flatten)]
    user: UserView<'a>,
    /// Since when the account is disabled; `null` when it is not.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    disabled_at: Option<Stamp>,
}

impl<'a> AccountView<'a> {
    pub fn of(user: &'a User) -> Self {
        Self {
            user: UserView::of(user),
            disabled_at: user.disabled_at.map(Stamp),
        }
    }
}
