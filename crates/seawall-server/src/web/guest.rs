//! Who looks at a page, and the frame that the page gets for them.

use crate::auth::Known;
use crate::pages::{self, Lang, Shell, Visitor, nav};
use crate::refuse::Refused;
use crate::site::Site;
use askama::Template;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use seawall_domain::access::{Action, Actor, Role, decide};
use std::convert::Infallible;

/// Who looks at a page: signed in or not.
#[derive(Clone, Debug)]
pub struct Guest {
    known: Option<Known>,
    notice: Option<String>,
    here: String,
    /// The language asked for by `?lang=`.
    pub lang: Lang,
}

impl FromRequestParts<Site> for Guest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Guest, Infallible> {
        let known =
            <Known as OptionalFromRequestParts<Site>>::from_request_parts(parts, site).await?;
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let asked = query.split('&').find_map(|pair| pair.strip_prefix("lang="));
        let (here, lang) = (parts.uri.path().to_owned(), Lang::asked(asked.unwrap_or_default()));
        Ok(Guest { known, notice: site.desk.settings.notice.clone(), here, lang })
    }
}

impl Guest {
    /// As whom they act.
    pub fn actor(&self) -> Actor {
        crate::auth::actor(&self.known)
    }

    /// Whether the table of access lets them do this, whatever it is done to.
    pub fn may(&self, action: Action) -> bool {
        decide(&self.actor(), action, &[]).is_ok()
    }

    /// The name of their party.
    pub fn party(&self) -> String {
        self.known.as_ref().map(|known| known.0.party.clone()).unwrap_or_default()
    }

    /// The frame of a page that is in English only.
    pub fn shell(&self, title: &str) -> Shell {
        self.shell_in(title, Lang::English)
    }

    /// The frame of a page.
    pub fn shell_in(&self, title: &str, lang: Lang) -> Shell {
        let visitor = self.known.as_ref().map(|known| &known.0);
        Shell {
            title: title.to_owned(),
            notice: self.notice.clone(),
            nav: nav(kind(&self.actor()), under(&self.here), lang),
            user: visitor.map(|visitor| visitor.label.clone()),
            csrf: visitor.and_then(|visitor| visitor.csrf.clone()).unwrap_or_default(),
            lang,
        }
    }

    /// The same guest, nowhere in particular: a page that betrays no path.
    pub fn nowhere(self) -> Guest {
        Guest { here: String::new(), ..self }
    }

    /// The page on which they begin.
    pub fn start(&self) -> &'static str {
        start(&self.actor())
    }
}

/// The path of the list to which a page belongs.
fn under(here: &str) -> &str {
    match here.split('/').nth(1) {
        Some("findings") => "/queue",
        Some("drafts") => "/cases",
        _ => here,
    }
}

/// Whose navigation somebody gets: by the role in which they have most to do.
fn kind(actor: &Actor) -> Visitor {
    let is = |role| actor.roles.contains(&role);
    if is(Role::Analyst) {
        Visitor::Analyst
    } else if is(Role::Agency) {
        Visitor::Agency
    } else if is(Role::Operator) {
        Visitor::Operator
    } else if is(Role::Maintainer) || is(Role::Vendor) || is(Role::Distributor) {
        Visitor::Maintainer
    } else if is(Role::Finder) {
        Visitor::Finder
    } else if is(Role::Developer) {
        Visitor::Developer
    } else if is(Role::Official) || is(Role::DutyOfficer) {
        Visitor::Official
    } else if is(Role::Evaluator) || is(Role::Auditor) {
        Visitor::Evaluator
    } else if is(Role::Partner) {
        Visitor::Partner
    } else {
        Visitor::Public
    }
}

/// The page on which somebody begins after signing in.
pub fn start(actor: &Actor) -> &'static str {
    match kind(actor) {
        Visitor::Analyst | Visitor::Finder => "/queue",
        Visitor::Agency => "/due",
        Visitor::Operator => "/today",
        Visitor::Maintainer => "/cases",
        Visitor::Developer | Visitor::Evaluator | Visitor::Official => "/engagements",
        Visitor::Partner => "/partners",
        Visitor::Public => "/",
    }
}

/// A page as an answer. It is kept by no cache: the next who sits there may be somebody else.
pub fn page(template: &impl Template) -> Result<Response, Refused> {
    let said = "something of ours failed";
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page cannot be rendered");
        Refused::new(StatusCode::INTERNAL_SERVER_ERROR, said)
    })?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response())
}

/// A link of a page.
pub fn link(label: impl Into<String>, href: impl Into<String>) -> pages::Link {
    pages::Link { label: label.into(), href: href.into() }
}
