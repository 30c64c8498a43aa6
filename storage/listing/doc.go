// Package listing keeps what accounts have on the service, so that it is there
// at once at the next start and without a network. All of it can be fetched
// again: a damaged file, or one of another version, is silently begun anew.
//
// A listing is kept in numbered parts, which its owner encodes. 100,000 files
// as rows take SQLite most of a second to read, as some hundred parts a few
// hundredths; and a listing that changed in a few places is written in a few
// parts, in one transaction. It is a database of its own, apart from that of
// the uploads: that one stays small, its writes wait for the disk and these
// do not, and this one can be deleted whole.
package listing
