export default () => Promise.resolve("https://touchline.example.com/o/preview");
