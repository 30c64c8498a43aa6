# Installs Sluice from its archive: make install, make uninstall.
# PREFIX says where to (default /usr/local), DESTDIR stands for / when packaging.

PREFIX ?= /usr/local
DESTDIR ?=
ID := io.github.sluice.Sluice
SIZES := 16 24 32 48 64 128 256 512
to := $(DESTDIR)$(PREFIX)
icons := $(to)/share/icons/hicolor

.PHONY: install
install:
	install -Dm755 sluice '$(to)/bin/sluice'
	install -Dm644 $(ID).desktop '$(to)/share/applications/$(ID).desktop'
	install -Dm644 $(ID).metainfo.xml '$(to)/share/metainfo/$(ID).metainfo.xml'
	install -Dm644 icons/icon.svg '$(icons)/scalable/apps/$(ID).svg'
	for s in $(SIZES); do install -Dm644 icons/$$s.png "$(icons)/$${s}x$$s/apps/$(ID).png"; done
	install -Dm644 LICENSE '$(to)/share/licenses/sluice/LICENSE'

.PHONY: uninstall
uninstall:
	rm -f '$(to)/bin/sluice' '$(to)/share/applications/$(ID).desktop' '$(to)/share/metainfo/$(ID).metainfo.xml'
	rm -f '$(icons)/scalable/apps/$(ID).svg' '$(to)/share/licenses/sluice/LICENSE'
	for s in $(SIZES); do rm -f "$(icons)/$${s}x$$s/apps/$(ID).png"; done
