// Package pixeldrain speaks the Pixeldrain API: one method of Client for every
// method of the API document, in both dialects that services speak. It keeps
// nothing, decides no retries beyond learning why an upload was refused, and
// reports every failure as a *service.Error (uploads as an *UploadError around
// one).
//
// The key goes to the configured service only: never to another host that an
// answer redirects to, never over plain http to another computer, never into
// an error or a log.
//
// Uploads have an HTTP/1.1 transport of their own, because HTTP/2 shares one
// flow-control window among all uploads; everything else uses HTTP/2 where the
// service offers it. Files of up to 64 KiB go without a transport, by one write
// and one answer (direct.go). A piece of a file goes from its reader to the system in
// one call, the first one together with the head of the request, and nothing is
// kept back while a body pauses (outgoing.go). There is no limit on how long a
// request may take, only on how long nothing may move (Config.Stall).
package pixeldrain
