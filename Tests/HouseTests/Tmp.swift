import Testing
@Test func where_() { print("FILEPATH", #filePath) }
