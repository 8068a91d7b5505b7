//! What people decide about business transactions, backends and nodes.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_engine::staleness::{self, Staleness};
use tierline_engine::{agent_configuration, backends_admin, overlay, transactions_admin};
use tierline_model::{BackendId, BtId, NodeId, TierId};
use tierline_store::{Store, StoreError};
use utoipa::ToSchema;

use super::body::Body;
use super::error::{ApiError, ErrorAnswer};
use super::parameters::{Place, id, optional_id};
use super::visitor::LoggedIn;
use crate::audit::{self, Action as Done};
use crate::controller::{Shared, now_ms};
use crate::permissions::Permission;

/// What is done with business transactions.
#[derive(Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum BtAction {
    /// Another `name` for the first of `ids`; an empty one gives back its own.
    Rename,
    /// Not shown and, where agents detect them without code, not measured any more.
    Exclude,
    /// Shown and measured again.
    Include,
    /// Forgotten until heard of again.
    Delete,
    /// Into the group `name`.
    Group,
    /// Out of their groups.
    Ungroup,
    /// The group `group` is called `name`.
    RenameGroup,
    /// The name `name` is reported apart although agents have as many as they may.
    Promote,
    /// It is not any more.
    Demote,
}

/// Something to do with business transactions.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BtDecisionRequest {
    /// What.
    pub action: BtAction,
    /// With which; at most 1,000.
    #[serde(default)]
    pub ids: Vec<u64>,
    /// A name.
    #[serde(default)]
    pub name: String,
    /// A group's name.
    #[serde(default)]
    pub group: String,
}

/// What was decided about business transactions.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BtAdministration {
    /// Those that are excluded.
    pub excluded: Vec<NamedBt>,
    /// Groups with their business transactions.
    pub groups: Vec<BtGroup>,
    /// Names that are reported apart although agents have as many as they may.
    pub promoted: Vec<String>,
    /// Whether new ones get a line of their own.
    pub lock_down: LockDownInfo,
}

/// Whether new business transactions get a line of their own, or are All Other Traffic until somebody promotes them.
#[derive(Serialize, ToSchema, Debug, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub struct LockDownInfo {
    /// Somebody wants no new ones (`lock_down` of the agent configuration).
    pub wanted: bool,
    /// None come: somebody wants it, or there are as many as there may be.
    pub active: bool,
    /// How many there are.
    pub bts: u64,
    /// How many there may be (`limits.application_bts_max`).
    pub bts_max: u64,
}

/// A business transaction.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct NamedBt {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its tier.
    pub tier_id: u64,
}

/// A group of business transactions.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BtGroup {
    /// Its name.
    pub name: String,
    /// Its business transactions.
    pub ids: Vec<u64>,
}

const IDS_MAX: usize = 1_000;

fn administration(store: &dyn Store, place: &Place) -> Result<BtAdministration, ApiError> {
    let (account, app) = (&place.account, place.app_id);
    let admin = transactions_admin::load(store, account, app)?;
    let entities = overlay::entities(store, account, app, None)?;
    let excluded = entities.bts.iter().filter(|bt| admin.is_excluded(bt.id)).map(|bt| NamedBt {
        id: bt.id.get(),
        name: bt.name.to_string(),
        tier_id: bt.tier_id.get(),
    });
    let groups = admin
        .groups()
        .map(|(name, bts)| BtGroup { name: name.to_owned(), ids: bts.iter().map(|bt| bt.get()).collect() });
    let (lock, promoted) = agent_configuration::lock_down(store, account, app)?;
    let lock_down = LockDownInfo {
        wanted: lock.wanted,
        active: lock.active,
        bts: lock.bts as u64,
        bts_max: lock.bts_max as u64,
    };
    Ok(BtAdministration { excluded: excluded.collect(), groups: groups.collect(), promoted, lock_down })
}

/// What was decided about business transactions.
#[utoipa::path(
    get,
    path = "/api/applications/{app}/business-transactions/administration",
    operation_id = "bt_administration",
    tag = "administration",
    params(("app" = u64, Path, description = "Its id.")),
    responses(
        (status = 200, body = BtAdministration),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn bts(State(controller): State<Shared>, place: Place) -> Result<Json<BtAdministration>, ApiError> {
    place.visitor.must(Permission::ViewApplications)?;
    Ok(Json(controller.work(move |store| administration(store, &place)).await??))
}

/// Decides something about business transactions.
#[utoipa::path(
    post,
    path = "/api/applications/{app}/business-transactions/administration",
    operation_id = "bt_decide",
    tag = "administration",
    params(("app" = u64, Path, description = "Its id.")),
    request_body = BtDecisionRequest,
    responses(
        (status = 200, body = BtAdministration),
        (status = 400, description = "It cannot be done.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn decide_bts(
    State(controller): State<Shared>,
    place: Place,
    Body(request): Body<BtDecisionRequest>,
) -> Result<Json<BtAdministration>, ApiError> {
    place.visitor.must(Permission::ConfigureApplications)?;
    let wrong = |what: &str| Err(ApiError::bad_request(what.to_owned(), "See the call's description."));
    if request.ids.len() > IDS_MAX {
        return wrong("There are more than 1,000 ids.");
    }
    let named = matches!(
        request.action,
        BtAction::Group | BtAction::RenameGroup | BtAction::Promote | BtAction::Demote
    );
    if named && request.name.trim().is_empty() {
        return wrong("A name is missing.");
    }
    let ids: Vec<BtId> = request.ids.iter().map(|one| id(*one, BtId::from_u64)).collect::<Result<_, _>>()?;
    let nameless = matches!(request.action, BtAction::RenameGroup | BtAction::Promote | BtAction::Demote);
    let Some(first) = ids.first().copied().or_else(|| nameless.then(|| BtId::from_u64(1)).flatten()) else {
        return wrong("No business transaction is named.");
    };
    let work = move |store: &dyn Store| -> Result<BtAdministration, ApiError> {
        let (account, app, user) = (&place.account, place.app_id, place.visitor.user.as_str());
        let object = format!("business-transactions:{app}:{:?}", request.action);
        audit::record(store, &place.visitor, Done::ObjectUpdated, &object, now_ms());
        let name = request.name;
        let decision = match request.action {
            BtAction::Rename => transactions_admin::Decision::Rename(first, name),
            BtAction::Exclude => transactions_admin::Decision::Exclude(ids),
            BtAction::Include => transactions_admin::Decision::Include(ids),
            BtAction::Delete => transactions_admin::Decision::Delete(ids, now_ms()),
            BtAction::Group => transactions_admin::Decision::Group(name, ids),
            BtAction::Ungroup => transactions_admin::Decision::Ungroup(ids),
            BtAction::RenameGroup => transactions_admin::Decision::RenameGroup(request.group, name),
            BtAction::Promote | BtAction::Demote => {
                let wanted = request.action == BtAction::Promote;
                agent_configuration::promote(store, account, app, &name, wanted, (user, now_ms()))?;
                return administration(store, &place);
            }
        };
        transactions_admin::decide(store, account, app, &decision, user)?;
        administration(store, &place)
    };
    let answer = controller.work(work).await??;
    controller.conversations.forget_configurations();
    Ok(Json(answer))
}

/// What is done with a backend.
#[derive(Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum BackendAction {
    /// Another `name`; an empty one gives back its own.
    Rename,
    /// It is the tier `tierId`.
    Resolve,
    /// It is no tier, whatever agents say.
    Unresolve,
    /// What agents say counts again.
    Automatic,
    /// Forgotten until it is called again.
    Delete,
}

/// Something to do with a backend.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct BackendDecisionRequest {
    /// What.
    pub action: BackendAction,
    /// A name.
    #[serde(default)]
    pub name: String,
    /// A tier of the same application.
    #[serde(default)]
    pub tier_id: Option<u64>,
}

/// Decides something about a backend.
#[utoipa::path(
    post,
    path = "/api/applications/{app}/backends/{backend}/administration",
    operation_id = "backend_decide",
    tag = "administration",
    params(("app" = u64, Path, description = "Its id."), ("backend" = u64, Path, description = "Its id.")),
    request_body = BackendDecisionRequest,
    responses(
        (status = 204, description = "Done."),
        (status = 400, description = "It cannot be done.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
        (status = 404, description = "No such thing.", body = ErrorAnswer),
    )
)]
pub async fn decide_backend(
    State(controller): State<Shared>,
    place: Place,
    Body(request): Body<BackendDecisionRequest>,
) -> Result<StatusCode, ApiError> {
    use backends_admin::Decision;
    place.visitor.must(Permission::ConfigureApplications)?;
    let backend = place.path_id("backend", BackendId::from_u64)?;
    let tier = optional_id(request.tier_id, TierId::from_u64)?;
    let decision = match (request.action, tier) {
        (BackendAction::Rename, _) => Decision::Rename(backend, request.name),
        (BackendAction::Resolve, Some(tier)) => Decision::Resolve(backend, tier),
        (BackendAction::Resolve, None) => {
            return Err(ApiError::bad_request("No tier is named.", "Send the tier's id as tierId."));
        }
        (BackendAction::Unresolve, _) => Decision::Unresolve(backend),
        (BackendAction::Automatic, _) => Decision::Automatic(backend),
        (BackendAction::Delete, _) => Decision::Delete(backend, now_ms()),
    };
    let work = move |store: &dyn Store| -> Result<(), ApiError> {
        let entities = store.entities(&place.account, place.app_id)?;
        if !entities.backends.iter().any(|one| one.backend.id == backend) {
            return Err(ApiError::not_found("backend"));
        }
        if tier.is_some_and(|tier| !entities.tiers.iter().any(|one| one.id == tier)) {
            return Err(ApiError::not_found("tier"));
        }
        backends_admin::decide(store, &place.account, place.app_id, &decision, &place.visitor.user)?;
        audit::record(store, &place.visitor, Done::ObjectUpdated, &format!("backend:{backend}"), now_ms());
        Ok(())
    };
    controller.work(work).await??;
    Ok(StatusCode::NO_CONTENT)
}

/// Leaves a node out of lists until it is heard of again.
#[utoipa::path(
    delete,
    path = "/api/applications/{app}/nodes/{node}",
    operation_id = "node_forget",
    tag = "administration",
    params(("app" = u64, Path, description = "Its id."), ("node" = u64, Path, description = "Its id.")),
    responses(
        (status = 204, description = "Done."),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn forget_node(State(controller): State<Shared>, place: Place) -> Result<StatusCode, ApiError> {
    place.visitor.must(Permission::ConfigureApplications)?;
    let node = place.path_id("node", NodeId::from_u64)?;
    let work = move |store: &dyn Store| -> Result<(), StoreError> {
        let (account, user) = (&place.account, &place.visitor.user);
        audit::record(store, &place.visitor, Done::ObjectDeleted, &format!("node:{node}"), now_ms());
        staleness::mark_historical(store, account, place.app_id, &[node], now_ms(), user)
    };
    controller.ask(work).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hours of silence after which things are left out of lists; 0 is never.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub struct StalenessHours {
    /// Applications.
    pub application_hours: u64,
    /// Tiers.
    pub tier_hours: u64,
    /// Nodes.
    pub node_hours: u64,
    /// Business transactions.
    pub bt_hours: u64,
    /// Backends that are no tier.
    pub backend_hours: u64,
}

/// Hours of silence after which things are left out of lists.
#[utoipa::path(
    get,
    path = "/api/staleness",
    operation_id = "staleness",
    tag = "administration",
    responses(
        (status = 200, body = StalenessHours),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn staleness_hours(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
) -> Result<Json<StalenessHours>, ApiError> {
    visitor.must(Permission::ViewApplications)?;
    let Staleness { application_hours, tier_hours, node_hours, bt_hours, backend_hours } =
        controller.ask(move |store| staleness::load(store, &visitor.account)).await?;
    Ok(Json(StalenessHours { application_hours, tier_hours, node_hours, bt_hours, backend_hours }))
}

/// Sets the hours of silence after which things are left out of lists.
#[utoipa::path(
    put,
    path = "/api/staleness",
    operation_id = "staleness_set",
    tag = "administration",
    request_body = StalenessHours,
    responses(
        (status = 204, description = "Done."),
        (status = 400, description = "It cannot be read.", body = ErrorAnswer),
        (status = 401, description = "Not logged in.", body = ErrorAnswer),
        (status = 403, description = "Not allowed.", body = ErrorAnswer),
    )
)]
pub async fn set_staleness_hours(
    State(controller): State<Shared>,
    LoggedIn { visitor, .. }: LoggedIn,
    Body(hours): Body<StalenessHours>,
) -> Result<StatusCode, ApiError> {
    visitor.must(Permission::ManageSettings)?;
    let StalenessHours { application_hours, tier_hours, node_hours, bt_hours, backend_hours } = hours;
    let hours = Staleness { application_hours, tier_hours, node_hours, bt_hours, backend_hours };
    let work = move |store: &dyn Store| {
        audit::record(store, &visitor, Done::ObjectUpdated, "staleness", now_ms());
        staleness::save(store, &visitor.account, hours, &visitor.user)
    };
    controller.ask(work).await?;
    Ok(StatusCode::NO_CONTENT)
}
