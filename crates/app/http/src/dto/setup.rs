use serde::Serialize;
use utoipa::ToSchema;

/// How far the installation is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetupView {
    /// Whether nobody has an account yet.
    #[schema(example = false)]
    pub first_run: bool,
}
