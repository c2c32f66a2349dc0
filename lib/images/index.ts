export { deleteImage, getImage, listImages, registerImage } from './images';
