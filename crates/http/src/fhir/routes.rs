//! Every address of this surface. Tests take this table and fail for an address that nobody tested for refusal, or that the `OpenAPI`
//! document lacks.

use axum::{
    Router,
    handler::Handler,
    http::Method,
    routing::{any, get, post},
};

use super::{answer::Shared, cds, flag, matching, metadata, openapi, refusal::Refusal, token};

/// The routes and their list.
pub(super) struct Table {
    router: Router<Shared>,
    #[cfg_attr(not(test), allow(dead_code, reason = "the list is what the tests go through"))]
    pub(super) known: Vec<(Method, &'static str)>,
}

impl Table {
    fn get<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        self.known.push((Method::GET, path));
        Self { router: self.router.route(path, get(handler)), ..self }
    }

    fn post<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        self.known.push((Method::POST, path));
        Self { router: self.router.route(path, post(handler)), ..self }
    }

    /// The routes, with an answer for whatever else lies below them.
    pub(super) fn finish(self) -> Router<Shared> {
        let nothing = || any(|| async { Refusal::NotFound });
        self.router
            .method_not_allowed_fallback(|| async { Refusal::WrongMethod })
            .route("/fhir", nothing())
            .route("/fhir/{*rest}", nothing())
            .route("/cds-services/{*rest}", nothing())
    }
}

/// All routes.
pub(super) fn table() -> Table {
    Table { router: Router::new(), known: Vec::new() }
        .get("/openapi.json", openapi::document)
        .get("/fhir/metadata", metadata::capabilities)
        .get("/fhir/.well-known/smart-configuration", metadata::smart)
        .post("/fhir/token", token::issue)
        .get("/fhir/Flag", flag::by_address)
        .post("/fhir/Flag/_search", flag::by_form)
        .post("/fhir/Patient/$match", matching::answer)
        .get("/cds-services", cds::services)
        .post("/cds-services/child-protection", cds::view)
        .post("/cds-services/child-protection/feedback", cds::feedback)
}
