//! HTTP in: the interfaces for machines, the pages for people, and the folder of everything
//! public. A thin skin over services: no rule, no query, never the store.

pub mod api;
pub mod assets;
pub mod auth;
pub mod coding;
pub mod dumps;
pub mod extract;
pub mod listen;
pub mod pages;
pub mod public;
pub mod refuse;
pub mod site;
pub mod web;
