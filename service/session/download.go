package session

import (
	"fmt"

	"sluice/service"
	"sluice/service/download"
	"sluice/service/pixeldrain"
	"sluice/service/userdir"
)

// openDownloads starts the downloads of a session with a window. They wait for
// their client until the key has been looked for.
func (s *Session) openDownloads() (err error) {
	s.usualFolder = userdir.Downloads(userdir.Here())
	s.downloads, err = download.New(download.Config{DB: s.db, APIURL: s.apiURL, Workers: s.settings.Values().Downloads, Logger: s.log, RememberPause: true})
	if err != nil {
		return fmt.Errorf("start the downloads: %w", err)
	}
	snapshot, events := s.downloads.Subscribe(s.background)
	s.following.Go(func() {
		s.watchKey(news(downloadLoad(&snapshot.Totals), events, downloadNews))
	})
	return nil
}

// Downloads is the download queue. Only a session with a window has it
// (Config.OnOpen); for others it is nil.
func (s *Session) Downloads() *download.Engine { return s.downloads }

// useDownloads gives the downloads the client in use. What people share needs no
// key to be downloaded, so that without one they get a client of their own,
// which is s.keyless. changing is held.
func (s *Session) useDownloads(client *pixeldrain.Client) error {
	if s.downloads == nil {
		return nil
	}
	old := s.keyless
	s.keyless = nil
	if client == nil {
		var err error
		s.keyless, err = pixeldrain.New(pixeldrain.Config{APIURL: s.apiURL, UserAgent: s.cfg.UserAgent, Logger: s.log})
		if err != nil {
			return service.AsError("download without a key", err)
		}
		client = s.keyless
	}
	s.downloads.Use(client)
	if old != nil {
		old.Close()
	}
	return nil
}

// closeDownloads waits until everything of the downloads has ended.
func (s *Session) closeDownloads() error {
	if s.downloads == nil {
		return nil
	}
	err := s.downloads.Close()
	if s.keyless != nil {
		s.keyless.Close()
	}
	return err
}

// DownloadFolder is where downloads go if nobody says otherwise, as the user has
// set it or this computer keeps it; "" when neither tells.
func (s *Session) DownloadFolder() string {
	if folder := s.settings.Values().DownloadFolder; folder != "" {
		return folder
	}
	return s.usualFolder
}

// UsualFolder is where this computer keeps downloads, "" when it does not tell.
func (s *Session) UsualFolder() string { return s.usualFolder }
