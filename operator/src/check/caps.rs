//! Objects that add too much by themselves. Pure; the caps are those of [`Caps`](crate::settings::Caps).

/// An object with too many jobs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{number} endpoints, each of which is a job, and {most} are allowed: divide the object, or raise --max-jobs-per-object"
)]
pub struct TooManyJobs {
    /// How many it has.
    pub number: usize,
    /// How many it may have.
    pub most: usize,
}

/// An object of which too much comes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("more than {most} bytes come of it in the configuration: divide the object, or raise --max-bytes-per-object")]
pub struct TooManyBytes {
    /// How many it may become.
    pub most: usize,
}

/// Checks how many endpoints an object has.
///
/// # Errors
/// When these are more than `most`.
pub const fn check_jobs(number: usize, most: usize) -> Result<(), TooManyJobs> {
    if number > most {
        return Err(TooManyJobs { number, most });
    }
    Ok(())
}
