package settings

import (
	"net"
	"net/netip"
	"net/url"
	"strings"

	"sluice/service"
)

// CheckAPIURL gives the proper form of a service address as people type it:
// without spaces around it or a slash at the end, with https:// when nothing
// else is named. It refuses what is no address (service.ReasonAddressInvalid) and plain
// http to another computer (service.ReasonInsecure).
func CheckAPIURL(address string) (string, error) {
	refuse := func(reason string) (string, error) {
		return "", &service.Error{Op: "check the service address", Kind: service.Invalid, Value: reason}
	}
	address = strings.TrimSpace(address)
	if address != "" && !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return refuse(service.ReasonAddressInvalid)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	switch {
	case u.Scheme == "https":
	case u.Scheme != "http":
		return refuse(service.ReasonAddressInvalid)
	case !isLoopback(u.Host):
		return refuse(service.ReasonInsecure)
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// isLoopback says whether host, with or without a port, is this computer.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
