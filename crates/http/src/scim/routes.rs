//! Every address of this surface. A test takes this table and fails for an address that answers without the token.

use axum::{
    Router,
    handler::Handler,
    http::Method,
    routing::{MethodFilter, any, on},
};

use super::{Shared, documents, refusal::Refusal, users};

/// The routes and their list.
pub(super) struct Table {
    router: Router<Shared>,
    #[cfg_attr(not(test), allow(dead_code, reason = "the list is what the tests go through"))]
    pub(super) known: Vec<(Method, &'static str)>,
}

impl Table {
    fn with<H, T>(mut self, (method, path): (Method, &'static str), handler: H) -> Self
    where
        H: Handler<T, Shared>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        self.known.push((method, path));
        Self { router: self.router.route(path, on(filter, handler)), ..self }
    }

    /// The routes, with an answer for whatever else lies below them.
    pub(super) fn finish(self) -> Router<Shared> {
        let nothing = || any(|| async { Refusal::NotFound });
        let never = || any(|| async { Refusal::NotOffered });
        self.router
            .method_not_allowed_fallback(|| async { Refusal::WrongMethod })
            .route("/scim/v2/.search", never())
            .route("/scim/v2/Users/.search", never())
            .route("/scim/v2/Bulk", never())
            .route("/scim/v2/Me", never())
            .route("/scim", nothing())
            .route("/scim/{*rest}", nothing())
    }
}

/// All routes.
pub(super) fn table() -> Table {
    const USERS: &str = "/scim/v2/Users";
    const USER: &str = "/scim/v2/Users/{id}";
    Table { router: Router::new(), known: Vec::new() }
        .with((Method::GET, USERS), users::list)
        .with((Method::POST, USERS), users::create)
        .with((Method::GET, USER), users::one)
        .with((Method::PUT, USER), users::replace)
        .with((Method::PATCH, USER), users::change)
        .with((Method::DELETE, USER), users::delete)
        .with((Method::GET, "/scim/v2/ServiceProviderConfig"), documents::provider)
        .with((Method::GET, "/scim/v2/ResourceTypes"), documents::resource_types)
        .with((Method::GET, "/scim/v2/ResourceTypes/{id}"), documents::resource_type)
        .with((Method::GET, "/scim/v2/Schemas"), documents::schemas)
        .with((Method::GET, "/scim/v2/Schemas/{id}"), documents::schema)
}
