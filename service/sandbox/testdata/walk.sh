#!/usr/bin/env bash
# Walks every example of the API document against a running server and compares
# statuses and fields.
#
#   walk.sh API_ADDRESS KEY DIALECT     for example: walk.sh http://127.0.0.1:4711/api any 2026
#
# Prints a line for each check, "ok" or "FAIL", and exits 1 if one failed.
# CURL_CA_BUNDLE names the certificate of a TLS server.
set -u
for tool in curl jq sha256sum; do
	command -v "$tool" >/dev/null || { echo "FAIL: $tool is not installed"; exit 2; }
done
[ $# -eq 3 ] || { echo "usage: walk.sh API_ADDRESS KEY DIALECT"; exit 2; }
api=$1 key=$2 dialect=$3
web=${api%/api}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failed=0 passed=0

# pick OLD NEW: what this dialect answers.
pick() { if [ "$dialect" = 2020 ]; then printf %s "$1"; else printf %s "$2"; fi; }

# request ARGS…: one call; the body goes to ./body, the header to ./header, the status to $status.
request() { status=$(curl -sS -o body -D header -w '%{http_code}' "$@" 2>error) || status="curl: $(cat error)"; }

# is WHAT GOT WANT: compares.
is() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1)) && echo "ok    $1"
	else
		failed=$((failed + 1)) && echo "FAIL  $1: got '$2', want '$3'"
	fi
}

# field WHAT FILTER WANT: compares what jq finds in the body.
field() { is "$1" "$(jq -r "$2" body 2>&1)" "$3"; }

# refused WHAT STATUS VALUE ARGS…: wants an error answer.
refused() {
	local what=$1 want=$2 value=$3
	shift 3
	request "$@"
	is "$what: status" "$status" "$want"
	field "$what: success" .success false
	field "$what: value" .value "$value"
}

# repeat TEXT N
repeat() { local s; printf -v s "%*s" "$2" ""; printf %s "${s// /$1}"; }

sha() { sha256sum | cut -d' ' -f1; }
header() { tr -d '\r' <header | sed -n "s/^$1: //Ip" | tail -n 1; }

echo "# Authentication"
request "$api/user/files" -u ":$key"
is "key as the password" "$status" 200
request "$api/user/files" -u "anything:$key"
is "the user name does not matter" "$status" 200
refused "no key" 401 authentication_required "$api/user/files"
refused "empty key" 401 authentication_required "$api/user/files" -u ":"

echo "# Upload File (POST)"
printf 'Hello from the form.\n' >example.txt
request -X POST "$api/file" -u ":$key" -F "file=@example.txt" -F "name=example.txt"
is "POST: status" "$status" "$(pick 200 201)"
field "POST: success" .success true
posted=$(jq -r .id body)
request -X POST "$api/file" -u ":$key" -F "name=given name.txt" -F "file=@example.txt"
is "POST, file last: status" "$status" "$(pick 200 201)"
named=$(jq -r .id body)
: >empty
refused "POST of an empty file" 422 no_file -X POST "$api/file" -u ":$key" -F "file=@empty"
refused "POST without a file" 422 no_file -X POST "$api/file" -u ":$key" -F "name=x"
refused "POST with a long name" "$(pick 413 422)" "$(pick name_too_long string_out_of_range)" \
	-X POST "$api/file" -u ":$key" -F "name=$(repeat x 256)" -F "file=@example.txt"
refused "POST without a key" 401 authentication_required -X POST "$api/file" -F "file=@example.txt"

echo "# Upload File (PUT)"
head -c 300000 /dev/urandom >example.bin
request -X PUT "$api/file/example.bin" -u ":$key" --data-binary @example.bin
is "PUT: status" "$status" 201
id=$(jq -r .id body)
if [ "$dialect" = 2020 ]; then
	field "PUT: the id is all" 'keys | join(" ")' id
else
	field "PUT: hash" .hash_sha256 "$(sha <example.bin)"
	field "PUT: name" .name example.bin
fi
request -T example.txt -u ":$key" "$api/file/"
is "PUT as in the authentication example: status" "$status" 201
texted=$(jq -r .id body)
refused "PUT of an empty file" 422 no_file -X PUT "$api/file/empty" -u ":$key" -H "Content-Length: 0"
refused "PUT with a long name" "$(pick 413 422)" "$(pick name_too_long string_out_of_range)" \
	-X PUT "$api/file/$(repeat x 256)" -u ":$key" --data-binary @example.txt
request -X PUT "$api/file/$(repeat %C3%9F 255)" -u ":$key" --data-binary @example.txt
is "PUT with 255 characters: status" "$status" 201
refused "PUT without a key" 401 authentication_required -X PUT "$api/file/x" --data-binary @example.txt

echo "# Get File"
request "$api/file/$id"
is "get: status" "$status" 200
is "get: contents" "$(sha <body)" "$(sha <example.bin)"
is "get: inline" "$(header content-disposition | cut -d';' -f1)" inline
request "$api/file/$id?download"
is "download: attachment" "$(header content-disposition | cut -d';' -f1)" attachment
is "download: contents" "$(sha <body)" "$(sha <example.bin)"
request -r 1000-1999 "$api/file/$id"
is "range: status" "$status" 206
is "range: header" "$(header content-range)" "bytes 1000-1999/300000"
is "range: contents" "$(sha <body)" "$(tail -c +1001 example.bin | head -c 1000 | sha)"
request -r 300000- "$api/file/$id"
is "range beyond the end: status" "$status" 416
refused "get of a missing file" 404 "$(pick file_not_found not_found)" "$api/file/missing0"

echo "# Get File Info"
request "$api/file/$id/info" -u ":$key"
is "info: status" "$status" 200
field "info: id" .id "$id"
field "info: name" .name example.bin
field "info: size" .size 300000
field "info: hash" .hash_sha256 "$(sha <example.bin)"
field "info: thumbnail_href" .thumbnail_href "/file/$id/thumbnail"
field "info: mime_type" .mime_type application/octet-stream
field "info: can_edit" .can_edit true
field "info: views, once per address" .views 1
field "info: downloads, once per address" .downloads 1
field "info: bandwidth" .bandwidth_used 601000
field "info: all fields of the document" '[.id,.name,.size,.views,.bandwidth_used,.bandwidth_used_paid,.downloads,.date_upload,
	.date_last_view,.mime_type,.thumbnail_href,.hash_sha256,.can_edit] | map(. != null) | all' true
field "info: date" '.date_upload | test("^20[0-9]{2}-[0-9]{2}-[0-9]{2}T.*Z$")' true
request "$api/file/$id/info"
field "info to nobody: can_edit" .can_edit false
request "$api/file/$named/info"
field "info: name from the form" .name "given name.txt"
request "$api/file/$texted/info"
field "info: type of a text" '.mime_type | split(";")[0]' text/plain
request "$api/file/$id,$posted,missing0,$named/info"
is "info of several: status" "$status" 200
field "info of several: ids, missing ones left out" 'map(.id) | join(" ")' "$id $posted $named"
refused "info of a missing file" 404 "$(pick file_not_found not_found)" "$api/file/missing0/info"
refused "info of missing files" 404 "$(pick file_not_found not_found)" "$api/file/missing0,missing1/info"
most=$(pick 1000 100)
request "$api/file/$id$(repeat ",$posted" $((most - 1)))/info"
is "info of $most: status" "$status" 200
field "info of $most: length" length "$most"
refused "info of more than $most" "$(pick 413 422)" "$(pick too_many_files string_out_of_range)" "$api/file/$id$(repeat ",$posted" "$most")/info"

echo "# Get File Thumbnail"
base64 -d >dot.png <<'PNG'
iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
PNG
request -X PUT "$api/file/dot.png" -u ":$key" --data-binary @dot.png
picture=$(jq -r .id body)
size() { printf '%dx%d' "0x$(head -c 20 body | tail -c 4 | od -An -tx1 | tr -d ' ')" "0x$(head -c 24 body | tail -c 4 | od -An -tx1 | tr -d ' ')"; }
default=$(pick 128 256)
request "$api/file/$picture/thumbnail"
is "thumbnail: status" "$status" 200
is "thumbnail: type" "$(header content-type)" image/png
is "thumbnail: size" "$(size)" "${default}x$default"
request "$api/file/$picture/thumbnail?width=64&height=32"
is "thumbnail of a size: size" "$(size)" 64x32
for bad in 0 8 17 -16 $((default + 16)) x; do
	refused "thumbnail of width $bad" 422 string_out_of_range "$api/file/$picture/thumbnail?width=$bad"
done
request "$api/file/$posted/thumbnail"
is "thumbnail of a text: status" "$status" "$(pick 301 200)"
request -L "$api/file/$posted/thumbnail"
is "its icon: status" "$status" 200
is "its icon: type" "$(header content-type)" image/png
refused "thumbnail of a missing file" 404 "$(pick file_not_found not_found)" "$api/file/missing0/thumbnail"

echo "# Create List"
list() { request -X POST "$api/list" -u ":$key" -H "Content-Type: application/json" -d "$1"; }
list "{\"title\":\"My Photos\",\"files\":[{\"id\":\"$picture\",\"description\":\"Photo 1\"},{\"id\":\"$id\",\"description\":\"Photo 2\"}]}"
is "list: status" "$status" "$(pick 200 201)"
field "list: success" .success true
album=$(jq -r .id body)
list "{\"anonymous\":true,\"files\":[{\"id\":\"$picture\"}]}"
is "anonymous list: status" "$status" "$(pick 200 201)"
anonymous=$(jq -r .id body)
bad_list() {
	local what=$1 want=$2 value=$3
	printf %s "$4" >list.json
	refused "$what" "$want" "$value" -X POST "$api/list" -u ":$key" -d @list.json
}
bad_list "list that is no JSON" 422 json_parse_failed "{"
bad_list "empty list" 422 cannot_create_empty_list '{"title":"x","files":[]}'
bad_list "list with a missing file" 422 list_file_not_found '{"files":[{"id":"missing0"}]}'
field "list with a missing file: which" .extra.file_not_found missing0
bad_list "list with a long title" 413 title_too_long "{\"title\":\"$(repeat x 301)\",\"files\":[{\"id\":\"$id\"}]}"
bad_list "list with a long description" 413 description_too_long "{\"files\":[{\"id\":\"$id\",\"description\":\"$(repeat x 3001)\"}]}"
bad_list "list of 10,001 files" 413 too_many_files "{\"files\":[{\"id\":\"$id\"}$(repeat ",{\"id\":\"$id\"}" 10000)]}"
printf '{"title":"%s","files":[{"id":"%s"}%s]}' "$(repeat x 300)" "$id" "$(repeat ",{\"id\":\"$id\"}" 9999)" >list.json
request -X POST "$api/list" -u ":$key" -d @list.json
is "list at the limits: status" "$status" "$(pick 200 201)"
refused "list without a key" 401 authentication_required -X POST "$api/list" -d '{}'

echo "# Get List Info"
request "$api/list/$album"
is "list info: status" "$status" 200
field "list info: success" .success true
field "list info: id" .id "$album"
field "list info: title" .title "My Photos"
field "list info: files in order" '.files | map(.id) | join(" ")' "$picture $id"
field "list info: descriptions" '.files | map(.description) | join(",")' "Photo 1,Photo 2"
field "list info: detail_href" '.files[0].detail_href' "/file/$picture/info"
field "list info: thumbnail_href" '.files[0].thumbnail_href' "/file/$picture/thumbnail"
field "list info: date of a file" ".files[0].$(pick date_created date_upload) | length > 10" true
field "list info: all fields of the document" '.files[1] | [.detail_href,.description,.success,.id,.name,.size,.date_last_view,
	.mime_type,.views,.bandwidth_used,.thumbnail_href] | map(. != null) | all' true
request "$api/list/$anonymous"
field "list without a title" .title "Pixeldrain List"
refused "missing list" 404 "$(pick list_not_found not_found)" "$api/list/missing0"

echo "# User Methods"
request "$api/user/files" -u ":$key"
is "user files: status" "$status" 200
field "user files: the uploads are there" "[.files[].id] | contains([\"$id\",\"$posted\",\"$picture\"])" true
field "user files: hash" ".files[] | select(.id == \"$id\") | .hash_sha256" "$(sha <example.bin)"
request "$api/user/lists" -u ":$key"
is "user lists: status" "$status" 200
field "user lists: the list is there, the anonymous one is not" "[.lists[].id] | [contains([\"$album\"]), contains([\"$anonymous\"])] | join(\" \")" "true false"
refused "user lists without a key" 401 authentication_required "$api/user/lists"

echo "# Delete File"
refused "delete without a key" 401 authentication_required -X DELETE "$api/file/$posted"
request -X DELETE "$api/file/$posted" -u ":$key"
is "delete: status" "$status" 200
field "delete: success" .success true
field "delete: value" .value "$(pick file_deleted ok)"
field "delete: message" .message "The file has been deleted."
refused "delete again" 404 "$(pick file_not_found not_found)" -X DELETE "$api/file/$posted" -u ":$key"
refused "the file is gone" 404 "$(pick file_not_found not_found)" "$api/file/$posted"

echo "# Complete Upload Example"
printf 'complete\n' >myfile.txt
response=$(curl -s -X PUT "$api/file/myfile.txt" -u ":$key" --data-binary @myfile.txt)
file_id=$(jq -r .id <<<"$response")
request "$api/file/$file_id/info"
field "complete example: name" .name myfile.txt
request "$web/u/$file_id"
is "complete example: page" "$status" 200
request "$web/l/$album"
is "page of a list" "$status" 200

echo "# $passed ok, $failed failed"
[ "$failed" -eq 0 ]
