//! The desks that answer partners, by path.

use async_trait::async_trait;
use kinfold_domain::AgencyId;
use kinfold_http::partner::PartnerDesk;
use kinfold_service::{
    agreements::RefusedPeer,
    audit::{NoticeDesk, WhoDesk},
    history::HistoryDesk,
    pooled_view::AskDesk,
    ports::Route,
    register::RegisterDesk,
};

/// All desks of a node.
pub(crate) struct Desks {
    pub(crate) ask: AskDesk,
    pub(crate) register: Option<RegisterDesk>,
    pub(crate) notices: NoticeDesk,
    pub(crate) who: WhoDesk,
    pub(crate) history: HistoryDesk,
}

#[async_trait]
impl PartnerDesk for Desks {
    async fn answer(
        &self,
        route: Route,
        peer: &AgencyId,
        note: &[u8],
    ) -> Result<String, RefusedPeer> {
        match route {
            Route::Ask => self.ask.answer(peer, note).await,
            Route::Register => match &self.register {
                Some(desk) => desk.answer(peer, note).await,
                None => Err(RefusedPeer::NotAllowed("this agency keeps no register")),
            },
            Route::Notices => self.notices.answer(peer, note).await,
            Route::Who => self.who.answer(peer, note).await,
            Route::History => self.history.answer(peer, note).await,
        }
    }
}
