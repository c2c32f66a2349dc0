import { type Route, route } from '@/lib/api/route';
import { pageOf } from '@/lib/schemas';
import { deleteImage, getImage, listImages, registerImage } from './images';
import { Image } from './schemas';

const images = { tag: 'images', response: Image };

export const routes: Route[] = [
  route({
    ...images,
    method: 'GET',
    path: '/images',
    summary: 'List images',
    verb: listImages,
    response: pageOf(Image),
  }),
  route({
    ...images,
    method: 'POST',
    path: '/images',
    summary: 'Register an image from a backup',
    status: 201,
    verb: registerImage,
  }),
  route({ ...images, method: 'GET', path: '/images/{id}', summary: 'Get an image', verb: getImage }),
  route({
    ...images,
    method: 'DELETE',
    path: '/images/{id}',
    summary: 'Delete an image with its bytes',
    description: '`confirm` is its name. Servers made from it stay.',
    status: 202,
    verb: deleteImage,
  }),
];
