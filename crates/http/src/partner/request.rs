//! One message of a partner: who sends it is asked again, it is read within its limits, and answered.

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Body as _, Bytes, Incoming},
};
use kinfold_service::ports::Route;
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

use super::{
    PartnerParts,
    body::Held,
    budget::weight,
    connection::Peer,
    problem::{Problem, respond},
};

/// Answers a message, or says why not.
pub(super) async fn answer(
    parts: &PartnerParts,
    peer: &Peer,
    request: Request<Incoming>,
) -> Response<Held> {
    match converse(parts, peer, request).await {
        Ok(response) => response,
        Err(problem) => {
            tracing::info!(partner = %peer.agency, status = problem.status.as_u16(), "a partner's message was refused");
            problem.response()
        }
    }
}

async fn converse(
    parts: &PartnerParts,
    peer: &Peer,
    request: Request<Incoming>,
) -> Result<Response<Held>, Problem> {
    admit(parts, peer)?;
    let route = route(&request)?;
    let (note, share) = read(parts, peer, request.into_body()).await?;
    let text = parts.desk.answer(route, &peer.agency, &note).await?;
    // The agreement may have ended while the answer was made or held back.
    admit(parts, peer)?;
    let body = Held::new(text, Some(share));
    Ok(respond(StatusCode::OK, "text/plain; charset=utf-8", body))
}

/// The peer must still be who it was when it connected. If not, its connection is closed.
fn admit(parts: &PartnerParts, peer: &Peer) -> Result<(), Problem> {
    let named = parts.keys.partner_with_key(peer.certificate.public_key());
    let judged = if named.as_ref() == Some(&peer.agency) {
        peer.certificate.standing(parts.clock.now()).map_err(|_| Problem::outdated())
    } else {
        Err(Problem::stranger())
    };
    if judged.is_err() {
        peer.leave.notify_one();
    }
    judged
}

fn route(request: &Request<Incoming>) -> Result<Route, Problem> {
    let path = request.uri().path();
    let route = Route::ALL.into_iter().find(|route| route.path() == path);
    let route = route.ok_or_else(Problem::no_such_path)?;
    if request.method() == Method::POST { Ok(route) } else { Err(Problem::not_a_post()) }
}

/// Reads a message whole, within the partner's budget and the time for it.
async fn read(
    parts: &PartnerParts,
    peer: &Peer,
    body: Incoming,
) -> Result<(Bytes, OwnedSemaphorePermit), Problem> {
    let limit = parts.limits.body;
    let length = body.size_hint().exact().ok_or_else(Problem::no_length)?;
    let length = usize::try_from(length).ok().filter(|length| *length <= limit);
    let weight = weight(length.ok_or_else(|| Problem::too_long(limit))?);
    let share = peer.share.memory.clone().acquire_many_owned(weight);
    let share = timeout(parts.limits.read, share).await;
    let Ok(Ok(share)) = share else { return Err(Problem::busy()) };
    let whole = timeout(parts.limits.read, Limited::new(body, limit).collect()).await;
    match whole.map_err(|_| Problem::too_slow())? {
        Ok(body) => Ok((body.to_bytes(), share)),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::too_long(limit)),
        Err(_) => Err(Problem::broken()),
    }
}
