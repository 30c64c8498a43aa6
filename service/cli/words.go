package cli

import (
	"errors"
	"fmt"

	"sluice/service"
	"sluice/service/session"
	"sluice/service/settings"
)

// Say is the Words of the command line: what happened and what to do, in
// sentences on one line. All of them are in this file.
func Say(e *service.Error) string {
	for _, words := range []func(string) string{sayFile, sayAnswer, sayDownload, sayService} {
		if text := words(e.Value); text != "" {
			return text
		}
	}
	text := sayKind(e.Kind)
	switch {
	case e.Value != "" && e.Status != 0:
		text += fmt.Sprintf(" (The service says %s, status %d.)", printable(e.Value), e.Status)
	case e.Status != 0:
		text += fmt.Sprintf(" (Status %d.)", e.Status)
	case e.Err != nil:
		text += " (" + printable(e.Err.Error()) + ")"
	}
	return text
}

// sayFile is about files of this computer.
func sayFile(reason string) string {
	switch reason {
	case service.ReasonEmptyFile:
		return "The file is empty, and the service rejects empty files."
	case service.ReasonMissingFile:
		return "There is no such file."
	case service.ReasonUnreadable:
		return "The file can't be read. Check its permissions and the disk."
	case service.ReasonNotRegular:
		return "This is a pipe, socket or device, not a file that can be uploaded."
	case service.ReasonLinkOutside:
		return "This symlink points outside the folder and was skipped. Name the file it points to."
	case service.ReasonBrokenLink:
		return "This symlink is broken."
	case service.ReasonEmptyFolder:
		return "There are no files in this folder."
	case service.ReasonWebAddress:
		return "This is a web address, not a file. Save it first, then upload the file."
	case service.ReasonNameTooLong:
		return fmt.Sprintf("The name is longer than %d characters. Rename the file.", service.MaxNameLength)
	case service.ReasonNameInvalid:
		return "The name is not valid text. Rename the file."
	case session.ReasonCancelled:
		return "It was removed from the queue in Sluice's window."
	case service.ReasonFileTooLarge:
		return "The file is larger than the account's plan allows."
	}
	return ""
}

// sayAnswer is about answers that can't be used, and ways that are not gone.
func sayAnswer(reason string) string {
	switch reason {
	case service.ReasonNoKey:
		return "There is no API key. Set SLUICE_API_KEY, or start Sluice and enter the key there."
	case service.ReasonKeyInvalid:
		return "This can't be an API key. Copy the whole key, and nothing else, into SLUICE_API_KEY."
	case service.ReasonHTML, service.ReasonBadAnswer, service.ReasonEmptyAnswer, service.ReasonHugeAnswer:
		return "The answer did not come from the API. The service may be down for maintenance, or SLUICE_API_URL is wrong."
	case service.ReasonCutAnswer:
		return "The service's answer was cut off. Try again."
	case service.ReasonInsecure:
		return "Plain http to another computer is refused, because it would expose the key. Use https."
	case service.ReasonAddressInvalid:
		return "This is not the address of a service. Write it like " + settings.DefaultAPIURL + "."
	case service.ReasonWrongHash:
		return "The service stored something other than what was sent. Its copy can't be trusted; try again."
	case service.ReasonUnknownOutcome:
		return "Everything was sent, but no answer came. Check the account before you send the file again."
	case service.ReasonNeverKnown:
		return "Everything was sent, but no answer came, and the service refuses to list the account. Check it before you send the file again."
	case service.ReasonRedirect:
		return "The service redirected the request, which Sluice does not follow. Check SLUICE_API_URL."
	case service.ReasonStalled:
		return "The connection stalled: no more data was moving. Try again later."
	case service.ReasonBadCertificate:
		return "The service's certificate can't be trusted. Check the computer's clock, and whether your network asks you to log in first."
	case service.ReasonIDInvalid:
		return "The service has no such id."
	case service.ReasonNoMethod:
		return "The service can't do this."
	case service.ReasonQueueUnwritable:
		return "The queue can't be saved: the disk is full or has failed. Free up space, then try again."
	case service.ReasonAlreadyOpen:
		return "This Sluice folder is open in another window."
	case session.ReasonOtherService:
		return "The running Sluice uses a different service from SLUICE_API_URL, so it was given nothing. Quit it, or set SLUICE_HOME to another folder."
	case session.ReasonOtherKey:
		return "The running Sluice uses a different API key from SLUICE_API_KEY, so it was given nothing. Quit it, or set SLUICE_HOME to another folder."
	case session.ReasonNoWindow:
		return "No window was opened, because \"sluice upload\" is running. Start Sluice again when it is done."
	case service.ReasonKeyringNoAnswer:
		return "The API key can't be read from the system keyring. Unlock it, or set SLUICE_API_KEY."
	}
	return ""
}

// sayDownload is about what comes from the service, and the links to it.
func sayDownload(reason string) string {
	switch reason {
	case service.ReasonDiskFull:
		return "The disk has no space for this file. Free up space, then try again: it resumes where it stopped."
	case service.ReasonFolderUnusable:
		return "The folder for the download is missing or can't be written to."
	case service.ReasonPartGone:
		return "The unfinished file of this download was moved, changed or deleted. The download starts over."
	case service.ReasonForeignLink:
		return "This link is for a different service from SLUICE_API_URL."
	case service.ReasonNoLink:
		return "This is not a link to a file or album."
	case service.ReasonEmptyAlbum:
		return "There are no files in this album."
	case service.ReasonNoBin:
		return "This file can't be moved to a bin. It stays where it is."
	case service.ReasonWrongContent:
		return "The data that arrived did not match the file. It was thrown away; try again later."
	}
	return ""
}

// sayService is about what the service says (in practice, "Error values").
func sayService(value string) string {
	switch value {
	case "authentication_required", "authentication_failed":
		return "The service does not accept the API key. Create a new one in the account's settings on the web, then set SLUICE_API_KEY or enter it in Sluice."
	case "user_out_of_space":
		return "The account is full. Delete files or choose a larger plan."
	case "email_address_not_verified":
		return "The account's e-mail address is not confirmed yet. Confirm it on the web first."
	case "ip_banned":
		return "The service has banned this network address."
	case "account_banned":
		return "The service has banned this account."
	case "read_only_mode_enabled":
		return "The service is not accepting files at the moment. Try again later."
	case "name_contains_illegal_character":
		return "The name has a character that the service does not allow. Rename the file."
	case "too_many_files":
		return fmt.Sprintf("An album holds at most %d files.", service.MaxAlbumFiles)
	case "title_too_long":
		return fmt.Sprintf("The title is longer than %d characters.", service.MaxTitleLength)
	case "cannot_create_empty_list":
		return "No file has a link, so there is nothing to put in the album."
	}
	return ""
}

func sayKind(kind service.Kind) string {
	switch kind {
	case service.Unauthorized:
		return sayService("authentication_failed")
	case service.Forbidden:
		return "The service refuses this."
	case service.TooLarge:
		return "This is larger than the service allows."
	case service.QuotaExceeded:
		return sayService("user_out_of_space")
	case service.RateLimited:
		return "The service asks to slow down. Try again later."
	case service.Offline:
		return "The service can't be reached. Check the network and SLUICE_API_URL."
	case service.NotFound:
		return "The service could not find this."
	case service.Invalid:
		return "The service does not accept this as it is."
	case service.SourceChanged:
		return "The file changed while it was being read. Try again when it is finished."
	case service.CaptchaRequired:
		return "The service asks for a captcha. Open it in a browser."
	case service.Server:
		return "The service had a problem. Try again later."
	case service.Internal:
	}
	return "Something unexpected went wrong."
}

// SayError is Say for any error.
func SayError(err error) string {
	if e, ok := errors.AsType[*service.Error](err); ok {
		return Say(e)
	}
	return printable(err.Error())
}
