//! Which file a path leads to, and where it lies: on a file system whose changes the kernel does not see, or mounted by
//! itself. Reads `/proc` and asks the system about file systems.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Device and number of a file or folder: the same by whichever path it is reached.
pub(crate) type Identity = (u64, u64);

/// What `path` leads to, if it leads anywhere.
pub(crate) fn identity(path: &Path) -> Option<Identity> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// Numbers of file systems that others write to over a network, or through a daemon (`statfs(2)`).
#[cfg(target_os = "linux")]
const NETWORK: &[u64] = &[
    0x6969,      // NFS
    0x517B,      // SMB
    0xFF53_4D42, // CIFS
    0xFE53_4D42, // SMB 2
    0x6573_5546, // FUSE
    0x0102_1997, // 9P
    0x00C3_6400, // Ceph
    0x5346_414F, // AFS
    0x0BD0_0BD0, // Lustre
    0x1983_0326, // BeeGFS
    0x4750_4653, // GPFS
    0x7461_636F, // OCFS2
    0x0116_1970, // GFS2
    0x786F_4256, // VirtualBox' shared folders
];

/// Their names, where the system has names and not numbers for them.
#[cfg(not(target_os = "linux"))]
const NETWORK: &[&str] = &[
    "nfs", "smbfs", "afpfs", "webdav", "fusefs", "macfuse", "osxfuse", "p9fs",
];

/// Whether others may change the content of `folder` without this kernel seeing it.
#[cfg(target_os = "linux")]
pub(super) fn is_on_network(folder: &Path) -> bool {
    #[expect(
        clippy::cast_sign_loss,
        reason = "a number of 32 bits, which the system declares as signed"
    )]
    let number = rustix::fs::statfs(folder).map(|file_system| file_system.f_type as u64);
    // Sign extension of a 32-bit number on 64-bit systems.
    number.is_ok_and(|number| NETWORK.contains(&(number & 0xFFFF_FFFF)))
}

/// Whether others may change the content of `folder` without this kernel seeing it.
#[cfg(any(
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "dragonfly",
    target_os = "openbsd"
))]
pub(super) fn is_on_network(folder: &Path) -> bool {
    let Ok(file_system) = rustix::fs::statfs(folder) else {
        return false;
    };
    let name = file_system
        .f_fstypename
        .iter()
        .map(|&character| character.cast_unsigned());
    let name: Vec<u8> = name.take_while(|&byte| byte != 0).collect();
    NETWORK.iter().any(|network| name == network.as_bytes())
}

/// Nothing is known about file systems here: `--watch-backend=poll` is for these.
#[cfg(not(any(
    target_os = "linux",
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "dragonfly",
    target_os = "openbsd"
)))]
pub(super) fn is_on_network(_folder: &Path) -> bool {
    false
}

/// The files that are mounted by themselves, among `files` and directly in `folders`, by their real names. A change of
/// such a file shows on the file alone, and a file that takes its place outside does not show at all.
pub fn mounted_alone(files: &[impl AsRef<Path>], folders: &[impl AsRef<Path>]) -> Vec<PathBuf> {
    // Without `/proc` nothing is known to be mounted.
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let points = mount_points(&mounts).filter(|point| point.is_file());
    let points: Vec<_> = points.collect();
    if points.is_empty() {
        return points;
    }
    let real = |path: &Path| path.canonicalize().ok();
    let files: Vec<_> = files.iter().filter_map(|file| real(file.as_ref())).collect();
    let folders: Vec<_> = folders.iter().filter_map(|folder| real(folder.as_ref())).collect();
    let is_of_interest = |point: &PathBuf| {
        let folder = point.parent();
        files.contains(point) || folders.iter().any(|known| folder == Some(known.as_path()))
    };
    points.into_iter().filter(is_of_interest).collect()
}

/// The mount points of a list as `proc_pid_mountinfo(5)` describes it.
fn mount_points(mounts: &str) -> impl Iterator<Item = PathBuf> {
    let points = mounts.lines().filter_map(|line| line.split(' ').nth(4));
    points.map(|point| PathBuf::from(unescaped(point)))
}

/// `\040` is a space there, and so on.
fn unescaped(text: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(text.to_owned(), |text, (code, character)| text.replace(code, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_points_are_read_with_their_spaces() {
        let mounts = "36 35 98:0 / / rw,noatime master:1 - ext4 /dev/root rw\n\
                      40 36 98:0 /a /etc/prom\\040a/prometheus.yml rw - ext4 /dev/root rw\n\
                      \n";
        let points: Vec<_> = mount_points(mounts).collect();
        assert_eq!(points, [Path::new("/"), Path::new("/etc/prom a/prometheus.yml")]);
    }

    #[test]
    fn a_local_folder_is_not_on_a_network_and_proc_is_no_file() {
        assert!(!is_on_network(Path::new("/proc")) && !is_on_network(Path::new("/no/such/folder")));
        // Something is mounted on /proc, but it is a folder.
        assert_eq!(mounted_alone(&["/proc"], &["/"]), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_file_is_the_same_by_every_path() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "").expect("ours");
        std::os::unix::fs::symlink("file", &link).expect("ours");
        assert!(identity(&file).is_some() && identity(&file) == identity(&link));
        assert_eq!(identity(&folder.path().join("none")), None);
    }
}
