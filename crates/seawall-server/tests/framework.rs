//! The framework for models from outside: whoever does not take part gets the same bytes whether
//! anybody does; the words of its routes and pages; and one developer's way in a real browser.

// A test stops where its own set-up fails.
#![allow(clippy::expect_used)]

#[path = "framework/asking.rs"]
mod asking;
#[path = "framework/figures.rs"]
mod figures;
#[path = "framework/outsiders.rs"]
mod outsiders;
#[path = "framework/pair.rs"]
mod pair;
#[path = "framework/record.rs"]
mod record;
#[path = "framework/routes.rs"]
mod routes;
#[path = "framework/visit.rs"]
mod visit;
#[path = "framework/words.rs"]
mod words;
