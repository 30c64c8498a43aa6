package upload_test

const childHome = "SLUICE_TEST_CHILD"

func child(string) int { return 0 }
