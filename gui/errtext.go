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
			lang.L("This file is empty, and the service takes no empty files. Nothing was sent. Put something into it and try again."),
		}
	case service.ReasonMissingFile:
		return errorWords{
			lang.L("The file is no longer there"),
			lang.L("The file is not where it was. Nothing of it was kept on the service. Put it back and try again, or remove it from the list."),
		}
	case service.ReasonUnreadable:
		return errorWords{
			lang.L("The file can’t be read"),
			lang.L("This computer does not let Sluice read the file, or its disk failed. Nothing was sent. Check the file’s permissions and try again."),
		}
	case service.ReasonNoBin:
		return errorWords{
			lang.L("Can’t go to the bin"),
			lang.L("This computer can’t move the file to a bin, so it stays where it is; its upload is not touched. Choose another thing to do with uploaded files of this folder."),
		}
	case service.ReasonNotRegular:
		return errorWords{
			lang.L("Not a file with content"),
			lang.L("This is a pipe, a socket or a device, not a file with content. Nothing was sent, and everything else goes on. Remove it from the list."),
		}
	case service.ReasonLinkOutside:
		return errorWords{
			lang.L("A link that leads out of the folder"),
			lang.L("This link leads out of the folder that you added, so it was not followed. Nothing was sent. To upload what it leads to, add that by itself."),
		}
	case service.ReasonBrokenLink:
		return errorWords{
			lang.L("A link to nothing"),
			lang.L("This is a link, and what it leads to is not there. Nothing was sent. Mend the link and try again."),
		}
	case service.ReasonEmptyFolder:
		return errorWords{
			lang.L("No files in this folder"),
			lang.L("There is no file anywhere in this folder. Nothing was sent. Put files into it and add it again."),
		}
	case service.ReasonWebAddress:
		return errorWords{
			lang.L("A web address, not a file"),
			lang.L("The browser handed over a web address, not the file behind it. Nothing was sent. Save the file on this computer first, then drop the saved file."),
		}
	case service.ReasonNameTooLong:
		return errorWords{
			lang.L("The name is too long"),
			lang.L("The name has more than 255 characters, which the service does not take. Nothing was sent. Give the file a shorter name and add it again."),
		}
	case service.ReasonNameInvalid, "name_contains_illegal_character":
		return errorWords{
			lang.L("The name can’t be used"),
			lang.L("The name has characters that the service does not take. Nothing was kept there. Rename the file and add it again."),
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
			lang.L("A web page came instead of an answer"),
			lang.L("A web page came where the service’s answer was expected: maintenance, or a network that wants you to log in. Your files are kept in the list. Open a browser to see whether your network asks for something."),
		}
	case service.ReasonCutAnswer:
		return errorWords{
			lang.L("The answer broke off"),
			lang.L("The connection broke while the service answered. Your files are kept in the list. Check your connection and try again."),
		}
	case service.ReasonEmptyAnswer:
		return errorWords{
			lang.L("The service gave no answer"),
			lang.L("The service answered with nothing. Your files are kept in the list. Try again in a few minutes."),
		}
	case service.ReasonHugeAnswer:
		return errorWords{
			lang.L("The answer was far too long"),
			lang.L("Far more came back than any true answer has, so it was not used. Your files are kept in the list. Check the service address in Settings."),
		}
	case service.ReasonBadAnswer:
		return errorWords{
			lang.L("The answer made no sense"),
			lang.L("The service’s answer was not what was agreed on. Your files are kept in the list. Check the service address in Settings, or try again later."),
		}
	case service.ReasonInsecure:
		return errorWords{
			lang.L("The address is not secure"),
			lang.L("This address starts with http:// and leads to another computer, where your key could be read on the way. Nothing was sent. Use an address that starts with https://."),
		}
	case service.ReasonAddressInvalid, "bad_address":
		return errorWords{
			lang.L("Not a web address"),
			lang.L("This is not the address of a service. The address in use before was kept. Enter one like https://pixeldrain.com/api."),
		}
	case service.ReasonBadCertificate:
		return errorWords{
			lang.L("The connection can’t be trusted"),
			lang.L("The service could not prove who it is, so nothing was sent and your files are kept in the list. Check this computer’s date and time, and whether your network asks for a login."),
		}
	case service.ReasonRedirect:
		return errorWords{
			lang.L("Sent on to another address"),
			lang.L("The service wanted to send this on to another address, which Sluice does not follow with your key. Your files are kept in the list. Check the service address in Settings."),
		}
	case service.ReasonStalled:
		return errorWords{
			lang.L("The connection stands still"),
			lang.L("Connected, but nothing moved any more, so the connection was given up. The file is kept in the list. Check your connection; Sluice tries again by itself."),
		}
	case service.ReasonWrongHash:
		return errorWords{
			lang.L("The service stored something else"),
			lang.L("What the service stored is not what was sent, so that copy does not count. Your file is unchanged. Try again; if it happens again, tell the service."),
		}
	case service.ReasonUnknownOutcome:
		return errorWords{
			lang.L("No answer after everything was sent"),
			lang.L("Everything was sent, but no answer came. Sluice looks in your account whether the file arrived before it sends it again, so there is nothing to do."),
		}
	case service.ReasonNeverKnown:
		return errorWords{
			lang.L("Nobody knows whether it arrived"),
			lang.L("Everything was sent, but no answer came, and the service does not let Sluice look in your account. Look there before you try again."),
		}
	case service.ReasonThumbnailSize:
		return errorWords{
			lang.L("No preview in this size"),
			lang.L("The service makes no preview of this size. The file itself is fine. There is nothing to do."),
		}
	case service.ReasonIDInvalid:
		return errorWords{
			lang.L("Not a file of the service"),
			lang.L("No file on the service can have this id. Nothing was changed. Check the link it came from."),
		}
	case service.ReasonNoMethod:
		return errorWords{
			lang.L("The service can’t do this"),
			lang.L("This service has no way to do this. Nothing was changed."),
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
			lang.L("There is no API key to log in with. Your files are kept in the list and wait. Enter a key in Settings."),
		}
	case "authentication_failed":
		return errorWords{
			lang.L("The API key was refused"),
			lang.L("The service does not accept this API key: it may be mistyped or expired. Your files are kept in the list and wait. Enter a new key in Settings."),
		}
	case service.ReasonAlreadyOpen:
		return errorWords{
			lang.L("Open in another window"),
			lang.L("Another Sluice has this open already, so nothing was changed here. Use that window, or close it and try again."),
		}
	case service.ReasonKeyInvalid:
		return errorWords{
			lang.L("Not an API key"),
			lang.L("This can’t be an API key: it is too long, or has spaces or other characters that no key has. The key in use before was kept. Copy the key from the service’s website again."),
		}
	case service.ReasonKeyringNoAnswer:
		return errorWords{
			lang.L("The system keyring does not answer"),
			lang.L("The system keyring does not answer, so the key can’t be read or kept there. Nothing was lost. Unlock the keyring and try again, or use the key for this session only."),
		}
	case "forbidden":
		return errorWords{
			lang.L("Not allowed for this account"),
			lang.L("The service knows your key but does not allow this. Nothing was changed. Check on its website what your account may do."),
		}
	case "user_out_of_space":
		return errorWords{
			lang.L("No room left in your account"),
			lang.L("Your account has no room left. The file is kept in the list. Delete files you don’t need, or choose a larger plan, and try again."),
		}
	case service.ReasonQueueUnwritable:
		return errorWords{
			lang.L("The list can’t be written"),
			lang.L("Sluice can’t write to its folder on this computer: the disk is full or failed. What was in the list before is kept; what you did last may not be. Make room on the disk and try again."),
		}
	case "email_address_not_verified":
		return errorWords{
			lang.L("Your e-mail address is not confirmed"),
			lang.L("The service wants your e-mail address confirmed first. The file is kept in the list. Open the service’s website, confirm the address, and try again."),
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
			lang.L("The service says that no file came with the upload. Nothing was kept there. Try again."),
		}
	case "missing_field":
		return errorWords{
			lang.L("The service misses something"),
			lang.L("The service says that something is missing in the upload. Nothing was kept there. Look for a newer Sluice."),
		}
	case "string_out_of_range":
		return errorWords{
			lang.L("A name or text is too long"),
			lang.L("A name or text is longer than the service takes. Nothing was kept there. Make it shorter and try again."),
		}
	case "error_reading_input":
		return errorWords{
			lang.L("The upload broke off on the way"),
			lang.L("The service could not read the upload to its end. Nothing was kept there. Try again."),
		}
	case "too_many_files":
		return errorWords{
			lang.L("Too many files at once"),
			lang.L("That is more files than the service takes at once. Nothing was changed. Choose fewer files and try again."),
		}
	case "writing":
		return errorWords{
			lang.L("The service could not store the file"),
			lang.L("The service could not write the file to its storage. The file is kept in the list. Try again in a few minutes."),
		}
	case "internal":
		return errorWords{
			lang.L("The service had an accident"),
			lang.L("Something went wrong inside the service. The file is kept in the list. Try again in a few minutes."),
		}
	case "ip_rate_limit_reached":
		return errorWords{
			lang.L("Too many requests"),
			lang.L("The service wants fewer requests from your network. The files are kept in the list. Sluice slows down and goes on by itself."),
		}
	case "read_only_mode_enabled":
		return errorWords{
			lang.L("The service takes no files now"),
			lang.L("The service takes no new files at the moment, for maintenance. The files are kept in the list. Sluice tries again by itself."),
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
			lang.L("No room on this computer"),
			lang.L("The disk has no room for this file. What is here of it already was kept. Make room and try again, and it goes on from there."),
		}
	case service.ReasonFolderUnusable:
		return errorWords{
			lang.L("The folder can’t be written"),
			lang.L("The folder for this download is not there or can’t be written. What was downloaded before was kept. Bring the folder back, or choose another one."),
		}
	case service.ReasonPartGone:
		return errorWords{
			lang.L("The unfinished file is gone"),
			lang.L("The unfinished file of this download was moved, changed or deleted meanwhile. Nothing else was touched, and it starts over. Leave files that end in .part alone until they are done."),
		}
	case service.ReasonForeignLink:
		return errorWords{
			lang.L("A link of another service"),
			lang.L("This belongs to another service than the one in Settings. Nothing was downloaded. Open it in a browser, or change the service address."),
		}
	case service.ReasonNoLink:
		return errorWords{
			lang.L("Leads to no file"),
			lang.L("This address leads to no file or album. Nothing was downloaded. Copy the link from the file’s page again."),
		}
	case service.ReasonEmptyAlbum:
		return errorWords{
			lang.L("No files in this album"),
			lang.L("The album has no files. Nothing was downloaded. There is nothing to do."),
		}
	case service.ReasonWrongContent:
		return errorWords{
			lang.L("What came is not the file"),
			lang.L("What arrived was not what the service says the file is, twice. It was thrown away. Try again later, or open the file’s page in a browser."),
		}
	case "not_found", "file_not_found", "list_not_found":
		return errorWords{
			lang.L("Not on the service any more"),
			lang.L("The service has no such file or album; it may have been deleted. Nothing was changed here. Upload the file again if you still need it."),
		}
	case "file_rate_limited_captcha_required":
		return errorWords{
			lang.L("Much in demand: needs a browser"),
			lang.L("This file is downloaded so often that the service wants to see a person. Nothing was downloaded. Open its page in a browser."),
		}
	case "virus_detected_captcha_required":
		return errorWords{
			lang.L("Maybe a virus: needs a browser"),
			lang.L("The service thinks that this file holds a virus. Nothing was downloaded. If you trust it, open its page in a browser."),
		}
	case "ip_download_limited_captcha_required":
		return errorWords{
			lang.L("Too many downloads: needs a browser"),
			lang.L("Your network has downloaded so much that the service wants to see a person. Nothing was downloaded. Open the file’s page in a browser."),
		}
	case "server_overload_captcha_required":
		return errorWords{
			lang.L("Service overloaded: needs a browser"),
			lang.L("The service is overloaded and wants to see a person. Nothing was downloaded. Open the file’s page in a browser, or try again later."),
		}
	case "hotlink_detected":
		return errorWords{
			lang.L("Only from its own page"),
			lang.L("The service gives this file out from its own page only. Nothing was downloaded. Open its page in a browser."),
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
			lang.L("The service may not give this file out for legal reasons. Nothing was downloaded. There is nothing to do here."),
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
			lang.L("The service did not understand what Sluice sent. Nothing was changed. Look for a newer Sluice."),
		}
	case "list_file_not_found":
		return errorWords{
			lang.L("A file of the album is gone"),
			lang.L("A file of this album is no longer on the service. The album was not published; your draft is kept. Take the file out and try again."),
		}
	case "title_too_long":
		return errorWords{
			lang.L("The title is too long"),
			lang.L("The title is longer than the 300 characters that the service takes. Your draft is kept. Make it shorter and try again."),
		}
	case "description_too_long":
		return errorWords{
			lang.L("A description is too long"),
			lang.L("A description is longer than the 3,000 characters that the service takes. Your draft is kept. Make it shorter and try again."),
		}
	case "cannot_create_empty_list":
		return errorWords{
			lang.L("An album needs a file"),
			lang.L("The service makes no empty albums. Your draft is kept. Put a file into it and try again."),
		}
	case "not_allowed":
		return errorWords{
			lang.L("This value can’t be used"),
			lang.L("This value is not allowed here. The value before was kept. Choose another one."),
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
			lang.L("This is larger than the service takes. Nothing was kept there. Make it smaller and try again."),
		}
	case service.QuotaExceeded:
		return accountWords("user_out_of_space")
	case service.RateLimited:
		return refusalWords("ip_rate_limit_reached")
	case service.Offline:
		return errorWords{
			lang.L("No connection"),
			lang.L("The service can’t be reached. Your files are kept in the list. Check your connection; Sluice goes on by itself when it is back."),
		}
	case service.NotFound:
		return downloadWords("not_found")
	case service.Invalid:
		return errorWords{
			lang.L("Refused by the service"),
			lang.L("The service refused this and would do so again. Nothing was kept there. Check the file and its name."),
		}
	case service.SourceChanged:
		return errorWords{
			lang.L("The file changed while it was read"),
			lang.L("The file changed while it was being uploaded. Nothing half-done was kept. Save it and close it in other programs, then try again."),
		}
	case service.CaptchaRequired:
		return errorWords{
			lang.L("Needs a browser"),
			lang.L("The service wants to see a person. Nothing was changed. Open the page in a browser."),
		}
	case service.Server:
		return serverWords(err.Status)
	case service.Internal:
	}
	return errorWords{
		lang.L("Something unexpected went wrong"),
		lang.L("Something went wrong that Sluice did not expect. Your files are kept in the list. Try again; the log in Sluice’s folder says more."),
	}
}

func serverWords(status int) errorWords {
	long := lang.L("The service has trouble. Your files are kept in the list. Sluice tries again by itself.")
	d := map[string]any{"Status": strconv.Itoa(status)}
	switch {
	case status == 503:
		return errorWords{lang.L("Server busy ({{.Status}})", d), long}
	case status >= 400:
		return errorWords{lang.L("Server trouble ({{.Status}})", d), long}
	}
	return errorWords{lang.L("Server trouble"), long}
}
