package sandbox

import (
	"fmt"
	"time"
)

// madeName gives a made-up file the name that people and programs give such
// files, in several scripts.
func madeName(n int, k kind, at time.Time) string {
	stem, number := pick(n, forName, 1000), pick(n, forNumber, 9000)+1
	switch k {
	case kindPhoto:
		return photoName(stem, number, at)
	case kindScreenshot:
		return screenshotName(stem, number, at)
	case kindAnimation:
		return choose(stem, "reaction %d.gif", "Ladebalken_%d.gif", "猫_%d.gif", "loop-%d-final.gif", "гифка %d.gif")(number)
	case kindVideo:
		return choose(stem, "VID_%04d.mp4", "Holiday %d.mp4", "clip_%d (1080p).mp4", "家族旅行_%d.mp4", "Отпуск %d.mp4", "GX01%04d.MP4", "فيديو %d.mp4")(number)
	case kindAudio:
		return choose(stem, "%03d Track.mp3", "Voice memo %d.mp3", "Aufnahme %d.mp3", "ポッドキャスト第%d回.mp3", "Holy Wars... The Punishment Due (%d).mp3", "Песня %d.mp3")(number)
	case kindDocument:
		return choose(stem, "Invoice %d.pdf", "Rechnung Nr. %d – März.pdf", "scan_%04d.pdf", "合同 %d.pdf", "Договор № %d.pdf", "compte-rendu %d.pdf", "חשבונית %d.pdf", "100%% finished #%d?.pdf")(number)
	case kindText:
		return choose(stem, "notes %d.txt", "README-%d.txt", "server %d.log", "メモ%d.txt", "list+of+things_%d.txt", "Заметка %d.txt")(number)
	case kindArchive:
		return choose(stem, "backup-%d.zip", "Photos %d.zip", "proyecto_%d.zip", "资料_%d.zip", "Архив %d.zip", "mods v%d.zip")(number)
	case kindOther:
		return choose(stem, "dump_%d.bin", "save%d.dat", "disk %d.img", "데이터 %d.bin", "firmware-%d.bin")(number)
	}
	return fmt.Sprintf("file %d", number)
}

func photoName(stem, number int, at time.Time) string {
	switch stem % 8 {
	case 0:
		return at.Format("IMG_20060102_150405.jpg")
	case 1:
		return at.Format("20060102_150405.jpg")
	}
	return choose(stem, "DSC%05d.JPG", "IMG_%04d.JPG", "Füße am Strand %d.jpg", "旅行の写真 %d.jpg", "صورة %d.jpg", "Фото %d.jpg",
		"사진_%d.jpg", "Garden party (%d).jpg", "P%07d.JPG", "दीपावली %d.jpg", "🎉 birthday %d.jpg")(number)
}

func screenshotName(stem, number int, at time.Time) string {
	switch stem % 6 {
	case 0:
		return at.Format("Screenshot 2006-01-02 at 15.04.05.png")
	case 1:
		return at.Format("Screenshot_20060102-150405.png")
	case 2:
		return at.Format("スクリーンショット 2006-01-02 15.04.05.png")
	case 3:
		return at.Format("Bildschirmfoto vom 2006-01-02 15-04-05.png")
	case 4:
		return at.Format("Снимок экрана 2006-01-02 150405.png")
	}
	return choose(stem, "diagram v%d.png", "logo_%d.png", "image (%d).png", "截图%d.png")(number)
}

// choose picks a pattern and gives the function that fills in its number.
func choose(by int, patterns ...string) func(number int) string {
	pattern := patterns[by/8%len(patterns)]
	return func(number int) string { return fmt.Sprintf(pattern, number) }
}
