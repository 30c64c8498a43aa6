package service

// Limits of the service (API document, "Notes"). Lengths count characters.
const (
	MaxNameLength        = 255
	MaxTitleLength       = 300
	MaxDescriptionLength = 3000
	MaxAlbumFiles        = 10_000
	// MaxInfoIDs is how many ids one info call may name in both dialects; the
	// document allows 1,000, newer services 100.
	MaxInfoIDs = 100
	// ThumbnailStep divides every thumbnail width and height.
	ThumbnailStep = 16
	// MaxThumbnail is the largest thumbnail side that every service makes;
	// MaxThumbnailNew is what newer ones make.
	MaxThumbnail    = 128
	MaxThumbnailNew = 256
)
