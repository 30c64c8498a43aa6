package gui

import (
	"strconv"

	"fyne.io/fyne/v2/lang"

	"sluice/service"
)

// This is the only file with words for people about errors. Each has a short
// form for the row of a file, and a long one: what happened, what was kept,
// what to do next. Both are chosen by Kind and Value alone, so that nothing
// secret and nothing technical gets into them.

// errorWords is what people are told of one error.
type errorWords struct{ short, long string }

// ErrorText is the long form: one to three whole sentences, without a line
// break. It may be called on any goroutine; nil gives "".
func ErrorText(err *service.Error) string { return wordsFor(err).long }

// ErrorShort is the form for a row: a few words without a full stop.
func ErrorShort(err *service.Error) string { return wordsFor(err).short }

func wordsFor(err *service.Error) errorWords {
	if err == nil {
		return errorWords{}
	}
	for _, words := range []func(string) errorWords{fileWords, answerWords, accountWords, refusalWords, downloadWords, albumWords} {
		if w := words(err.Value); w.short != "" {
			return w
		}
	}
	return kindWords(err)
}

// fileWords is about files on this computer.
func fileWords(value string) errorWords {
	switch value {
	case service.ReasonEmptyFile:
		return errorWords{
			lang.L("Empty files can’t be uploaded"),
			lang.L("This file is empty, and the service rejects empty files. Nothing was sent. Put something in it and try again."),
		}
	case service.ReasonMissingFile:
		return errorWords{
			lang.L("The file is no longer there"),
			lang.L("The file is no longer where it was. No part of it was kept on the service. Put it back and try again, or remove it from the list."),
		}
	case service.ReasonUnreadable:
		return errorWords{
			lang.L("The file can’t be read"),
			lang.L("This computer won’t let Sluice read the file, or its disk failed. Nothing was sent. Check the file’s permissions and try again."),
		}
	case service.ReasonNoBin:
		return errorWords{
			lang.L("Can’t move to the bin"),
			lang.L("This computer can’t move the file to a bin, so it stays where it is; its upload is not affected. Choose something else to do with files uploaded from this folder."),
		}
	case service.ReasonNotRegular:
		return errorWords{
			lang.L("Not an ordinary file"),
			lang.L("This is a pipe, a socket or a device, not an ordinary file. Nothing was sent, and everything else continues. Remove it from the list."),
		}
	case service.ReasonLinkOutside:
		return errorWords{
			lang.L("Symlink points outside the folder"),
			lang.L("This symlink points outside the folder you added, so it was not followed. Nothing was sent. To upload what it points to, add that directly."),
		}
	case service.ReasonBrokenLink:
		return errorWords{
			lang.L("Broken symlink"),
			lang.L("This symlink points to something that is missing. Nothing was sent. Fix it and try again."),
		}
	case service.ReasonEmptyFolder:
		return errorWords{
			lang.L("No files in this folder"),
			lang.L("There are no files anywhere in this folder. Nothing was sent. Put files in it and add it again."),
		}
	case service.ReasonWebAddress:
		return errorWords{
			lang.L("A web address, not a file"),
			lang.L("The browser passed on a web address, not the file itself. Nothing was sent. Save the file to this computer first, then drop the saved file."),
		}
	case service.ReasonNameTooLong:
		return errorWords{
			lang.L("The name is too long"),
			lang.L("The name is longer than the 255 characters the service allows. Nothing was sent. Give the file a shorter name and add it again."),
		}
	case service.ReasonNameInvalid, "name_contains_illegal_character":
		return errorWords{
			lang.L("The name can’t be used"),
			lang.L("The name has characters that the service does not allow. Nothing was kept there. Rename the file and add it again."),
		}
	case service.ReasonFileTooLarge:
		return errorWords{
			lang.L("Too large for your plan"),
			lang.L("This file is larger than your plan allows. Nothing was kept on the service. Make it smaller or split it, or choose a larger plan on the service’s website."),
		}
	}
	return errorWords{}
}

// answerWords is about the connection and the service's answers.
func answerWords(value string) errorWords {
	switch value {
	case service.ReasonHTML:
		return errorWords{
			lang.L("Got a web page, not an answer"),
			lang.L("A web page came instead of the service’s answer: it may be down for maintenance, or your network wants you to log in. Your files are kept in the list. Open a browser to see if your network asks for a login."),
		}
	case service.ReasonCutAnswer:
		return errorWords{
			lang.L("The answer was cut off"),
			lang.L("The connection was lost while the service was answering. Your files are kept in the list. Check your connection and try again."),
		}
	case service.ReasonEmptyAnswer:
		return errorWords{
			lang.L("The answer was empty"),
			lang.L("The service’s answer was empty. Your files are kept in the list. Try again in a few minutes."),
		}
	case service.ReasonHugeAnswer:
		return errorWords{
			lang.L("The answer was far too long"),
			lang.L("The answer was far longer than any real one, so it was not used. Your files are kept in the list. Check the service address in Settings."),
		}
	case service.ReasonBadAnswer:
		return errorWords{
			lang.L("The answer made no sense"),
			lang.L("The service’s answer was not what Sluice expected. Your files are kept in the list. Check the service address in Settings, or try again later."),
		}
	case service.ReasonInsecure:
		return errorWords{
			lang.L("The address is not secure"),
			lang.L("This address starts with http:// and leads to another computer, so your key could be read on the way. Nothing was sent. Use an address that starts with https://."),
		}
	case service.ReasonAddressInvalid, "bad_address":
		return errorWords{
			lang.L("Not a web address"),
			lang.L("This is not the address of a service. The previous address was kept. Enter one like https://pixeldrain.com/api."),
		}
	case service.ReasonBadCertificate:
		return errorWords{
			lang.L("The connection can’t be trusted"),
			lang.L("The service could not prove its identity, so nothing was sent and your files are kept in the list. Check this computer’s date and time, and whether your network asks for a login."),
		}
	case service.ReasonRedirect:
		return errorWords{
			lang.L("Redirected elsewhere"),
			lang.L("The service redirected Sluice to another address, which it does not follow with your key. Your files are kept in the list. Check the service address in Settings."),
		}
	case service.ReasonStalled:
		return errorWords{
			lang.L("The connection stalled"),
			lang.L("Connected, but no more data was moving, so the connection was dropped. The file is kept in the list. Check your connection; Sluice keeps trying."),
		}
	case service.ReasonWrongHash:
		return errorWords{
			lang.L("The service stored something else"),
			lang.L("What the service stored is not what was sent, so that copy is not used. Your file is unchanged. Try again; if it happens again, tell the service."),
		}
	case service.ReasonUnknownOutcome:
		return errorWords{
			lang.L("Sent, but no answer came"),
			lang.L("Everything was sent, but no answer came. Sluice checks whether the file is in your account before sending it again, so you don’t need to do anything."),
		}
	case service.ReasonNeverKnown:
		return errorWords{
			lang.L("Can’t tell if it arrived"),
			lang.L("Everything was sent, but no answer came, and the service does not let Sluice check your account. Check it yourself before you try again."),
		}
	case service.ReasonThumbnailSize:
		return errorWords{
			lang.L("No preview in this size"),
			lang.L("The service has no preview in this size. The file itself is fine. You don’t need to do anything."),
		}
	case service.ReasonIDInvalid:
		return errorWords{
			lang.L("Not a file on the service"),
			lang.L("This can’t be the id of a file on the service. Nothing was changed. Check the link it came from."),
		}
	case service.ReasonNoMethod:
		return errorWords{
			lang.L("The service can’t do this"),
			lang.L("This service does not support this. Nothing was changed."),
		}
	}
	return errorWords{}
}

// accountWords is about the key, the account and what Sluice keeps.
func accountWords(value string) errorWords {
	switch value {
	case service.ReasonNoKey, "authentication_required":
		return errorWords{
			lang.L("Needs an API key"),
			lang.L("There is no API key to log in with. Your files are waiting in the list. Enter a key in Settings."),
		}
	case "authentication_failed":
		return errorWords{
			lang.L("The API key was refused"),
			lang.L("The service does not accept this API key: it may be mistyped or expired. Your files are waiting in the list. Enter a new key in Settings."),
		}
	case service.ReasonAlreadyOpen:
		return errorWords{
			lang.L("Open in another window"),
			lang.L("This is already open in another Sluice, so nothing was changed here. Use that window, or close it and try again."),
		}
	case service.ReasonKeyInvalid:
		return errorWords{
			lang.L("Not an API key"),
			lang.L("This can’t be an API key: it is too long, or has spaces or other characters that keys never have. Your previous key was kept. Copy the key from the service’s website again."),
		}
	case service.ReasonKeyringNoAnswer:
		return errorWords{
			lang.L("The system keyring isn’t responding"),
			lang.L("The system keyring isn’t responding, so the key can’t be read or kept there. Nothing was lost. Unlock the keyring and try again, or use the key for this session only."),
		}
	case "forbidden":
		return errorWords{
			lang.L("Not allowed for this account"),
			lang.L("The service knows your key but does not allow this. Nothing was changed. Check its website to see what your account can do."),
		}
	case "user_out_of_space":
		return errorWords{
			lang.L("Your account is full"),
			lang.L("Your account has no space left. The file is kept in the list. Delete files you don’t need, or choose a larger plan, and try again."),
		}
	case service.ReasonQueueUnwritable:
		return errorWords{
			lang.L("The list can’t be saved"),
			lang.L("Sluice can’t write to its folder on this computer: the disk is full or has failed. What was already in the list is kept; your last change may not be. Free up disk space and try again."),
		}
	case "email_address_not_verified":
		return errorWords{
			lang.L("Your e-mail address is not confirmed"),
			lang.L("The service wants you to confirm your e-mail address first. The file is kept in the list. Confirm the address on the service’s website and try again."),
		}
	case "ip_banned":
		return errorWords{
			lang.L("Your network is blocked"),
			lang.L("The service has blocked your internet address. The file is kept in the list. Try from another network, or ask the service why."),
		}
	case "account_banned":
		return errorWords{
			lang.L("Your account is blocked"),
			lang.L("The service has blocked this account. The file is kept in the list. Ask the service why."),
		}
	}
	return errorWords{}
}

// refusalWords is about uploads that the service refuses, and its bad days.
func refusalWords(value string) errorWords {
	switch value {
	case "no_file":
		return errorWords{
			lang.L("The service got no file"),
			lang.L("The service says the upload had no file in it. Nothing was kept there. Try again."),
		}
	case "missing_field":
		return errorWords{
			lang.L("The upload was incomplete"),
			lang.L("The service says something was missing from the upload. Nothing was kept there. Check for a Sluice update."),
		}
	case "string_out_of_range":
		return errorWords{
			lang.L("A name or text is too long"),
			lang.L("A name or text is longer than the service allows. Nothing was kept there. Make it shorter and try again."),
		}
	case "error_reading_input":
		return errorWords{
			lang.L("The upload was interrupted"),
			lang.L("The service could not read the whole upload. Nothing was kept there. Try again."),
		}
	case "too_many_files":
		return errorWords{
			lang.L("Too many files at once"),
			lang.L("That is more files than the service allows at once. Nothing was changed. Choose fewer files and try again."),
		}
	case "writing":
		return errorWords{
			lang.L("The service could not store the file"),
			lang.L("The service could not write the file to its storage. The file is kept in the list. Try again in a few minutes."),
		}
	case "internal":
		return errorWords{
			lang.L("The service had a problem"),
			lang.L("Something went wrong on the service’s side. The file is kept in the list. Try again in a few minutes."),
		}
	case "ip_rate_limit_reached":
		return errorWords{
			lang.L("Too many requests"),
			lang.L("The service is getting too many requests from your network. The files are kept in the list. Sluice slows down and keeps going."),
		}
	case "read_only_mode_enabled":
		return errorWords{
			lang.L("Service not accepting files"),
			lang.L("The service is not accepting new files during maintenance. The files are kept in the list. Sluice keeps trying."),
		}
	case "multiple_errors":
		return errorWords{
			lang.L("Refused for several reasons"),
			lang.L("The service refused this for several reasons at once. Nothing was kept there. Check the name and the size, and try again."),
		}
	}
	return errorWords{}
}

// downloadWords is about getting files back.
func downloadWords(value string) errorWords {
	switch value {
	case service.ReasonDiskFull:
		return errorWords{
			lang.L("No space on this computer"),
			lang.L("The disk has no space for this file. The part already downloaded was kept. Free up space and try again, and it resumes from there."),
		}
	case service.ReasonFolderUnusable:
		return errorWords{
			lang.L("The folder can’t be used"),
			lang.L("The folder for this download is missing or can’t be written to. What was already downloaded was kept. Bring the folder back, or choose another one."),
		}
	case service.ReasonPartGone:
		return errorWords{
			lang.L("The unfinished file is gone"),
			lang.L("The unfinished file of this download was moved, changed or deleted. Nothing else was affected, and the download starts over. Leave .part files alone until they are done."),
		}
	case service.ReasonForeignLink:
		return errorWords{
			lang.L("A link to another service"),
			lang.L("This link is for another service, not the one in Settings. Nothing was downloaded. Open it in a browser, or change the service address."),
		}
	case service.ReasonNoLink:
		return errorWords{
			lang.L("Not a valid link"),
			lang.L("This is not a link to a file or album. Nothing was downloaded. Copy the link from the file’s page again."),
		}
	case service.ReasonEmptyAlbum:
		return errorWords{
			lang.L("No files in this album"),
			lang.L("The album has no files. Nothing was downloaded. You don’t need to do anything."),
		}
	case service.ReasonWrongContent:
		return errorWords{
			lang.L("The wrong data arrived"),
			lang.L("The data that arrived did not match the file, twice. It was thrown away. Try again later, or open the file’s page in a browser."),
		}
	case "not_found", "file_not_found", "list_not_found":
		return errorWords{
			lang.L("No longer on the service"),
			lang.L("The service has no such file or album; it may have been deleted. Nothing was changed here. Upload the file again if you still need it."),
		}
	case "file_rate_limited_captcha_required":
		return errorWords{
			lang.L("In high demand: needs a browser"),
			lang.L("This file is downloaded so often that the service asks for a captcha. Nothing was downloaded. Open its page in a browser."),
		}
	case "virus_detected_captcha_required":
		return errorWords{
			lang.L("Possible virus: needs a browser"),
			lang.L("The service thinks that this file contains a virus. Nothing was downloaded. If you trust it, open its page in a browser."),
		}
	case "ip_download_limited_captcha_required":
		return errorWords{
			lang.L("Too many downloads: needs a browser"),
			lang.L("Your network has downloaded so much that the service asks for a captcha. Nothing was downloaded. Open the file’s page in a browser."),
		}
	case "server_overload_captcha_required":
		return errorWords{
			lang.L("Service overloaded: needs a browser"),
			lang.L("The service is overloaded and asks for a captcha. Nothing was downloaded. Open the file’s page in a browser, or try again later."),
		}
	case "hotlink_detected":
		return errorWords{
			lang.L("Only from its own page"),
			lang.L("The service offers this file only on the file’s own page. Nothing was downloaded. Open its page in a browser."),
		}
	case "max_concurrent_downloads":
		return errorWords{
			lang.L("Too many downloads at once"),
			lang.L("More downloads are running than the service allows. This one was not started. Wait until another is done and try again."),
		}
	case "transfer_limit_exceeded":
		return errorWords{
			lang.L("Download limit reached"),
			lang.L("Your account’s download limit is used up. Nothing was downloaded. Wait until it is renewed, or choose a larger plan."),
		}
	case "unavailable_for_legal_reasons":
		return errorWords{
			lang.L("Blocked for legal reasons"),
			lang.L("The service can’t offer this file for legal reasons. Nothing was downloaded. There is nothing you can do here."),
		}
	}
	return errorWords{}
}

// albumWords is about albums and what else can be refused.
func albumWords(value string) errorWords {
	switch value {
	case "json_parse_failed":
		return errorWords{
			lang.L("The service did not understand"),
			lang.L("The service did not understand what Sluice sent. Nothing was changed. Check for a Sluice update."),
		}
	case "list_file_not_found":
		return errorWords{
			lang.L("A file in the album is gone"),
			lang.L("A file in this album is no longer on the service. The album was not published; your draft is kept. Remove the file and try again."),
		}
	case "title_too_long":
		return errorWords{
			lang.L("The title is too long"),
			lang.L("The title is longer than the 300 characters the service allows. Your draft is kept. Make it shorter and try again."),
		}
	case "description_too_long":
		return errorWords{
			lang.L("A description is too long"),
			lang.L("A description is longer than the 3,000 characters the service allows. Your draft is kept. Make it shorter and try again."),
		}
	case "cannot_create_empty_list":
		return errorWords{
			lang.L("An album needs a file"),
			lang.L("An album can’t be empty. Your draft is kept. Put a file in it and try again."),
		}
	case "not_allowed":
		return errorWords{
			lang.L("This value can’t be used"),
			lang.L("This value is not allowed here. The previous value was kept. Choose another one."),
		}
	}
	return errorWords{}
}

// kindWords is for everything whose value says nothing.
func kindWords(err *service.Error) errorWords {
	switch err.Kind {
	case service.Unauthorized:
		return accountWords("authentication_failed")
	case service.Forbidden:
		return accountWords("forbidden")
	case service.TooLarge:
		return errorWords{
			lang.L("Too large for the service"),
			lang.L("This is larger than the service allows. Nothing was kept there. Make it smaller and try again."),
		}
	case service.QuotaExceeded:
		return accountWords("user_out_of_space")
	case service.RateLimited:
		return refusalWords("ip_rate_limit_reached")
	case service.Offline:
		return errorWords{
			lang.L("No connection"),
			lang.L("The service can’t be reached. Your files are kept in the list. Check your connection; Sluice resumes by itself when it is back."),
		}
	case service.NotFound:
		return downloadWords("not_found")
	case service.Invalid:
		return errorWords{
			lang.L("Refused by the service"),
			lang.L("The service refused this and would refuse it again. Nothing was kept there. Check the file and its name."),
		}
	case service.SourceChanged:
		return errorWords{
			lang.L("The file changed while being read"),
			lang.L("The file changed while it was being uploaded. No partial upload was kept. Save it and close it in other programs, then try again."),
		}
	case service.CaptchaRequired:
		return errorWords{
			lang.L("Needs a browser"),
			lang.L("The service asks for a captcha. Nothing was changed. Open the page in a browser."),
		}
	case service.Server:
		return serverWords(err.Status)
	case service.Internal:
	}
	return errorWords{
		lang.L("Something unexpected went wrong"),
		lang.L("Something unexpected went wrong. Your files are kept in the list. Try again; the log in Sluice’s folder has more details."),
	}
}

func serverWords(status int) errorWords {
	long := lang.L("The service is having problems. Your files are kept in the list. Sluice keeps trying.")
	d := map[string]any{"Status": strconv.Itoa(status)}
	switch {
	case status == 503:
		return errorWords{lang.L("Server busy ({{.Status}})", d), long}
	case status >= 400:
		return errorWords{lang.L("Server error ({{.Status}})", d), long}
	}
	return errorWords{lang.L("Server error"), long}
}
