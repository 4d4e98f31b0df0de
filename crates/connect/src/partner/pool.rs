//! One connection for each partner, shared by everybody who asks it.

use std::sync::Arc;

use futures::{
    FutureExt as _,
    future::{BoxFuture, Shared},
};
use kinfold_service::ports::PartnerError;
use parking_lot::Mutex;

use super::{LinkParts, Whereabouts, connection::Connection};

type Opening = Shared<BoxFuture<'static, Result<Arc<Connection>, PartnerError>>>;

/// The place of a partner's connection.
#[derive(Default)]
pub(super) struct Slot {
    held: Mutex<Option<Held>>,
}

struct Held {
    whereabouts: Whereabouts,
    opening: Opening,
}

impl Slot {
    /// The connection, opened if there is none that may be used. Whoever comes while it is being opened shares the outcome,
    /// good or bad, so that a partner that hangs delays nobody by more than one deadline.
    pub(super) async fn connection(
        &self,
        parts: &LinkParts,
        whereabouts: &Whereabouts,
    ) -> Result<Arc<Connection>, PartnerError> {
        let opening = {
            let mut held = self.held.lock();
            match &*held {
                Some(held) if held.serves(parts, whereabouts) => held.opening.clone(),
                _ => {
                    let opening = open(parts.clone(), whereabouts.clone());
                    *held =
                        Some(Held { whereabouts: whereabouts.clone(), opening: opening.clone() });
                    opening
                }
            }
        };
        opening.await
    }

    /// Forgets a connection that turned out to be closed.
    pub(super) fn forget(&self, connection: &Arc<Connection>) {
        let mut held = self.held.lock();
        let open = held.as_ref().and_then(|held| held.opening.peek()?.as_ref().ok());
        if open.is_some_and(|open| Arc::ptr_eq(open, connection)) {
            *held = None;
        }
    }
}

impl Held {
    fn serves(&self, parts: &LinkParts, whereabouts: &Whereabouts) -> bool {
        // Asked rather than peeked at: it may have ended long ago, after whoever waited for it gave up.
        match self.opening.clone().now_or_never() {
            Some(Ok(connection)) => connection.is_usable(parts, whereabouts),
            Some(Err(_)) => false,
            None => self.whereabouts == *whereabouts,
        }
    }
}

/// Opens a connection in a task of its own, so that it goes on when whoever asked first gives up.
fn open(parts: LinkParts, whereabouts: Whereabouts) -> Opening {
    let task = tokio::spawn(async move { Connection::open(&parts, &whereabouts).await });
    let opened = async move {
        let opened = task.await.map_err(|_| PartnerError::Unreachable)?;
        opened.map(Arc::new)
    };
    opened.boxed().shared()
}
