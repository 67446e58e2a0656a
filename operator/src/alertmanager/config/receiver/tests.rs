//! What Alertmanager loads of receivers, and what comes out of the API where no recording shows it.

mod api;
mod load;
