package service

// FileID names a file on the service. It is opaque: Sluice never looks inside.
type FileID string

// AlbumID names an album, which the API calls a list. It is opaque.
type AlbumID string

// JobID names one upload in the queue of this computer. Ids grow in the order
// in which files were accepted and are never used again.
type JobID int64

// BatchID names the uploads that were accepted together: one drop, one paste,
// one choice of files, one command. Ids grow in the order of acceptance.
type BatchID int64

// DownloadID names one download in the queue of this computer. Ids grow in the
// order of acceptance and are never used again.
type DownloadID int64

// DownloadBatchID names the downloads that were accepted together.
type DownloadBatchID int64
