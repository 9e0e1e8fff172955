//! Every interface over the real router, in process: who may ask what, what each contract demands,
//! and what bad input gets.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod access;
mod boms;
mod csaf_provider;
mod dumps;
mod hostile;
mod intake;
mod inventories;
mod office;
mod openapi;
mod osv;
mod pip_audit;
mod python;
mod tls;
mod work;
