// A place for the app to grow in.

document.body.textContent = 'Errand';
